using Culvert.Platform.Doctor;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Whether the servers still match their approved definitions, by the running agent's files.</summary>
internal static class PinsCheck
{
    public const string Id = "pins";

    public static DoctorFinding Check(AgentSettings settings)
    {
        var routes = settings.Routes.Where(r => r.Pins.Mode != PinMode.Off).ToList();
        if (routes.Count == 0)
        {
            return DoctorFinding.Skip(Id, "No route has pins.");
        }

        using var state = StateDirectory.OpenReadOnly(settings.StateDirectory);
        var (damaged, notes) = (new List<string>(), new List<string>());
        string? different = null;
        foreach (var route in routes)
        {
            var files = new PinFiles(state, route.Name);
            try
            {
                var pinned = files.LoadPinned();
                var observed = files.LoadObserved();
                if (pinned is null)
                {
                    notes.Add($"{route.Name}: nothing is approved yet");
                }

                if (observed is { Problem.Length: > 0 })
                {
                    notes.Add($"{route.Name}: reading the server's definitions failed: {observed.Problem}");
                }

                if (observed is { Drifts.Count: > 0 } && pinned is not null)
                {
                    notes.Add($"{route.Name}: {observed.Drifts.Count} definitions differ from their pins");
                }

                different ??= observed is { Drifts.Count: > 0 } ? route.Name : null;
            }
            catch (PinFilesException e)
            {
                damaged.Add($"{route.Name}: {e.Message}");
            }
        }

        return damaged.Count > 0 ? ReportDamage(damaged)
            : notes.Count > 0 ? Warn(notes, different)
            : DoctorFinding.Pass(Id, "Every server is as it was approved.");
    }

    private static DoctorFinding ReportDamage(List<string> damaged) =>
        DoctorFinding.Fail(
            Id,
            $"The pins of {damaged.Count} routes cannot be read.",
            "Where pins are enforced, these routes return 503 until the file can be read again.",
            "restore the file below pins in state_dir from a backup of this machine",
            "or remove it, and approve again: tunnel-agent pins diff ROUTE (docs/pins.md)"
        ) with
        {
            Evidence = damaged,
        };

    private static DoctorFinding Warn(List<string> notes, string? route) =>
        DoctorFinding.Warn(
            Id,
            notes.Count == 1 ? $"{notes[0]}." : $"{notes.Count} findings about pins.",
            "Where pins are enforced, what differs is handled as pins.on says, and what is not approved is hidden.",
            route is null ? "tunnel-agent pins list" : $"tunnel-agent pins diff {route}"
        ) with
        {
            Evidence = notes,
        };
}
