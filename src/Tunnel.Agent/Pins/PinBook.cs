using System.Collections.Concurrent;
using Culvert.Platform.Programs;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>The pins of all routes. The state of a route survives changes of the configuration.</summary>
internal sealed class PinBook(StateDirectory state, PinReporter reporter, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, PinState> states = new(StringComparer.Ordinal);

    public PinReporter Reporter => reporter;

    /// <summary>A route's pins; null: its mode is off.</summary>
    public RoutePins? Create(string route, PinSettings settings) =>
        settings.Mode == PinMode.Off ? null : new RoutePins(settings, states.GetOrAdd(route, Load), reporter, time);

    public PinFiles GetFiles(string route) => new(state, route);

    public void Replace(PinState pins, PinnedDefinitions? next)
    {
        var before = pins.HasPins ? pins.Approved : null;
        pins.Use(next);
        reporter.ReportApproved(pins.Route, before, next);
    }

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
            // The server is read again at once, so nothing is lost.
            reporter.ReportNotStored(route, e.Message);
        }

        return loaded;
    }
}
