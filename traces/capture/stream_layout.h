/* The stream that the capture plugin writes and mmusim reads: 64-bit words, little-endian. Seen by
   both sides; docs/traces.md says the same in words. */
#pragma once

/* The first eight bytes, then a word: version, and ELF's e_machine in the upper half. */
#define CAPTURE_MAGIC "\x89MMC\r\n\x1a\n"
#define CAPTURE_MAGIC_BYTES 8
#define CAPTURE_VERSION 1

/* Any other word: 48 bits of value, 8 of thread, 3 of kind, 5 of code. */
#define CAPTURE_VALUE_BITS 48
#define CAPTURE_THREAD_SHIFT 48
#define CAPTURE_KIND_SHIFT 56
#define CAPTURE_CODE_SHIFT 59

enum CaptureKind {
  kCaptureFetch = 0, /* value: address, signed; code: bytes, 0 stands for 32 */
  kCaptureLoad = 1,
  kCaptureStore = 2,
  kCaptureModify = 3, /* a load, then a store of the same bytes, by one instruction */
  kCaptureMark = 4    /* code: a CaptureMark */
};
#define CAPTURE_MAX_BYTES 32

enum CaptureMark {
  kCaptureArea = 1,    /* value: start; words: bytes; rights + (bytes of name << 8); the name */
  kCaptureCommand = 2, /* value: bytes; words: the command line */
  kCaptureCall = 3,    /* value: number; words: six arguments, result */
  kCaptureExec = 4,    /* another program may take over: the stream may end here */
  kCaptureEnd = 5      /* value: fetches of the stream */
};
#define CAPTURE_CALL_WORDS 7

enum CaptureRights { kCaptureRead = 1, kCaptureWrite = 2, kCaptureExecute = 4 };

#define CAPTURE_MAX_NAME_BYTES 4096
#define CAPTURE_MAX_COMMAND_BYTES 65536
