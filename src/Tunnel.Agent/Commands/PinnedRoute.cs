using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Commands;

/// <summary>A route's pins as they are in the state directory.</summary>
/// <param name="Settings">The configuration.</param>
/// <param name="Name">The route's name.</param>
/// <param name="Files">Where they are.</param>
/// <param name="Pinned">What was approved; null: nothing ever was.</param>
/// <param name="Observed">What the running agent saw last.</param>
internal sealed record PinnedRoute(
    AgentSettings Settings,
    string Name,
    PinFiles Files,
    PinnedDefinitions? Pinned,
    ObservedDefinitions Observed
)
{
    /// <exception cref="PinFilesException">A file cannot be used.</exception>
    public static PinnedRoute Read(AgentSettings settings, StateDirectory state, string name)
    {
        var files = new PinFiles(state, name);
        return new PinnedRoute(settings, name, files, null, new ObservedDefinitions()).Reread();
    }

    public PinnedRoute Reread()
    {
        var read = this with { Pinned = Files.LoadPinned() };
        var observed = Files.LoadObserved() ?? new ObservedDefinitions();

        // The agent may not have seen an approval yet, or not be running.
        return read with
        {
            Observed = observed with { Drifts = [.. observed.Drifts.Where(read.StillDiffers)] },
        };
    }

    private bool StillDiffers(StoredPin drift) =>
        FindPinned(drift) is { } pinned
            ? drift.Ambiguous || pinned.Digest != drift.Digest
            : drift.Classes != DriftClasses.Format(DriftClass.Removed);

    /// <summary>How a pinned definition differs; null: it does not.</summary>
    public StoredPin? Find(StoredPin pin) =>
        Observed.Drifts.FirstOrDefault(d => d.Kind == pin.Kind && d.Name == pin.Name);

    public bool IsPinned(StoredPin drift) => FindPinned(drift) is not null;

    /// <summary>The pin of what differs; null: there is none.</summary>
    public Definition? FindPinned(StoredPin drift) =>
        Pinned?.Pins.FirstOrDefault(p => p.Kind == drift.Kind && p.Name == drift.Name)?.ToDefinition();
}
