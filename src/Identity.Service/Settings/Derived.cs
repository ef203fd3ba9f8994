namespace Culvert.Identity.Service.Settings;

/// <summary>A value derived from the options of one section, derived again at the first use after a change.</summary>
/// <typeparam name="TOptions">The section's options.</typeparam>
/// <typeparam name="T">Needs no disposal; may be created twice at the same moment.</typeparam>
internal sealed class Derived<TOptions, T>(Current<TOptions> options, Func<TOptions, T> make)
    where TOptions : class
    where T : class
{
    private volatile Made made = Make(options.Value, make);

    public T Value
    {
        get
        {
            var (wanted, known) = (options.Value, made);
            if (!ReferenceEquals(known.Options, wanted))
            {
                made = known = Make(wanted, make);
            }

            return known.Value;
        }
    }

    private static Made Make(TOptions options, Func<TOptions, T> make) => new(options, make(options));

    private sealed record Made(TOptions Options, T Value);
}
