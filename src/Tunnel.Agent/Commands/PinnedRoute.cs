using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Commands;

/// <param name="Pinned">The approved definitions; null: none was ever approved.</param>
/// <param name="Observed">The definitions that the running agent saw last.</param>
internal sealed record PinnedRoute(
    AgentSettings Settings,
    string Name,
    PinFiles Files,
    PinnedDefinitions? Pinned,
    ObservedDefinitions Observed
)
{
    /// <exception cref="PinFilesException">A file is malformed.</exception>
    public static PinnedRoute Read(AgentSettings settings, StateDirectory state, string name)
    {
        var files = new PinFiles(state, name);
        return new PinnedRoute(settings, name, files, null, new ObservedDefinitions()).Reread();
    }

    public PinnedRoute Reread()
    {
        var read = this with { Pinned = Files.LoadPinned() };
        var observed = Files.LoadObserved() ?? new ObservedDefinitions();

        // The agent may not have read an approval yet, or may not be running.
        return read with
        {
            Observed = observed with { Drifts = [.. observed.Drifts.Where(read.StillDiffers)] },
        };
    }

    private bool StillDiffers(StoredPin drift) =>
        FindPinned(drift) is { } pinned
            ? drift.Ambiguous || pinned.Digest != drift.Digest
            : drift.Classes != DriftClasses.Format(DriftClass.Removed);

    public StoredPin? Find(StoredPin pin) =>
        Observed.Drifts.FirstOrDefault(d => d.Kind == pin.Kind && d.Name == pin.Name);

    public bool IsPinned(StoredPin drift) => FindPinned(drift) is not null;

    public Definition? FindPinned(StoredPin drift) =>
        Pinned?.Pins.FirstOrDefault(p => p.Kind == drift.Kind && p.Name == drift.Name)?.ToDefinition();
}
