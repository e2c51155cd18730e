import { BrowserRouter } from 'react-router';
import { mount } from '../kit/mount';
import { App } from './app';

mount(
  <BrowserRouter basename="/shop">
    <App />
  </BrowserRouter>,
);
