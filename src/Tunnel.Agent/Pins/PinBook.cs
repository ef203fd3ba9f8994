using System.Collections.Concurrent;
using Culvert.Platform.Programs;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The pins of all routes. What is known of a route stays when the configuration changes.</summary>
/// <param name="state">Where they are kept.</param>
/// <param name="reporter">Told about differences.</param>
/// <param name="time">The clock.</param>
internal sealed class PinBook(StateDirectory state, PinReporter reporter, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PinState> states = new(StringComparer.Ordinal);

    public PinReporter Reporter => reporter;

    /// <summary>A route's pins; null: it has none.</summary>
    public RoutePins? Create(string route, PinSettings settings) =>
        settings.Mode == PinMode.Off ? null : new RoutePins(settings, states.GetOrAdd(route, Load), reporter, time);

    public PinFiles GetFiles(string route) => new(state, route);

    /// <summary>Puts other approved definitions in force.</summary>
    public void Replace(PinState pins, PinnedDefinitions? next)
    {
        var before = pins.HasPins ? pins.Approved : null;
        pins.Use(next);
        reporter.ReportApproved(pins.Route, before, next);
    }

    /// <summary>The approved definitions cannot be read.</summary>
    public void Fail(PinState pins, string why)
    {
        pins.Problem = why;
        reporter.ReportUnusable(pins.Route, why);
    }

    private PinState Load(string route)
    {
        var loaded = new PinState(route);
        var files = GetFiles(route);
        try
        {
            loaded.Use(files.LoadPinned());
        }
        catch (PinFilesException e)
        {
            loaded.Problem = e.Message;
            reporter.ReportUnusable(route, e.Message);
        }

        try
        {
            if (files.LoadObserved() is { } observed)
            {
                loaded.Restore(observed);
            }
        }
        catch (PinFilesException e)
        {
            // The server is read again at once, and what it shows is compared again.
            reporter.ReportNotKept(route, e.Message);
        }

        return loaded;
    }
}
