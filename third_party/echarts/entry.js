// What the report page uses of ECharts; scripts/update_echarts.sh makes one file of it.
import * as echarts from 'echarts/core';
import { BarChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent, DataZoomComponent, GridComponent, LegendComponent, TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

echarts.use([
  AriaComponent, BarChart, DataZoomComponent, GridComponent, HeatmapChart, LegendComponent,
  LineChart, ScatterChart, SVGRenderer, TooltipComponent, VisualMapComponent,
]);
window.echarts = echarts;
