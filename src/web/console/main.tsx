import { BrowserRouter } from 'react-router';
import { mount } from '../kit/mount';
import { Console } from './console';

mount(
  <BrowserRouter basename="/console">
    <Console />
  </BrowserRouter>,
);
