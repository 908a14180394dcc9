#include "sim/experiment/slurm_script.hpp"

#include "testbench/unit/command/config_error.hpp"

namespace mmu {
namespace {

TEST(SlurmScript, IsAnArrayJobWhoseTasksTakeTheirShare) {
  SlurmJob job;
  job.program = "/opt/it's/mmusim";
  job.directory = "/scratch/s";
  job.tasks = 8;
  job.options = {"--partition=long", "--mem=500"};
  EXPECT_EQ(slurm_script(job),
            "#!/bin/bash\n"
            "#SBATCH --job-name=mmusim\n"
            "#SBATCH --array=0-7\n"
            "#SBATCH --output=\"/scratch/s/slurm-%a.txt\"\n"
            "#SBATCH --partition=long\n"
            "#SBATCH --mem=500\n"
            "exec '/opt/it'\\''s/mmusim' sweep '/scratch/s' --shard \"$SLURM_ARRAY_TASK_ID/8\" "
            "--jobs \"${SLURM_CPUS_PER_TASK:-1}\"\n");
}

TEST(SlurmScript, PassesLimitsOn) {
  SlurmJob job;
  job.timeout_seconds = 2.5;
  job.retries = 3;
  const std::string script = slurm_script(job);
  EXPECT_NE(script.find(" --timeout 2.5 --retry 3\n"), std::string::npos) << script;
}

TEST(SlurmScript, RefusesWhatIsNoOption) {
  SlurmJob job;
  job.options = {"rm -rf"};
  EXPECT_EQ(config_error_of([&] { slurm_script(job); }),
            "--slurm-option rm -rf: must be an option of sbatch, --name=value");
  job.options = {"--x\ny"};
  EXPECT_NE(config_error_of([&] { slurm_script(job); }), "");
}

}  // namespace
}  // namespace mmu
