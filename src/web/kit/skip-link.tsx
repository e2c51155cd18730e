import './skip-link.css';

/** The first thing that Tab reaches: past the navigation, to the element with that id. */
export function SkipLink({ to }: { readonly to: string }) {
  return (
    <a className="skip-link" href={`#${to}`}>
      Skip to the content
    </a>
  );
}
