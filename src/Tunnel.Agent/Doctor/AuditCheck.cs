using Culvert.Platform.Doctor;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Policy;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>
/// Checks whether calls can be recorded. If they cannot, the finding explains the effect of <c>audit.on_full</c>.
/// </summary>
internal static class AuditCheck
{
    public const string Id = "call_records";

    private const string Remedy = "free space on the disk of state_dir, or lower audit.disk_reserve";

    /// <summary>Checks the free space of the disk that the records are written to.</summary>
    public static DoctorFinding Check(AgentSettings settings)
    {
        var folder = settings.StateDirectory;
        if (!Directory.Exists(folder))
        {
            return DoctorFinding.Skip(Id, "The state directory does not exist yet.");
        }

        try
        {
            var free = new DriveInfo(folder).AvailableFreeSpace;
            return Judge(settings, free < settings.Audit.DiskReserve ? AuditTrail.NoRoom : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Judge(settings, e.Message);
        }
    }

    /// <param name="problem">Why calls cannot be recorded; null if they can.</param>
    public static DoctorFinding Judge(AgentSettings settings, string? problem)
    {
        var onFull = settings.Audit.DeniesWhenFull ? "audit.on_full: deny" : "audit.on_full: degrade";
        return settings.Routes.All(route => route.Policy.Mode == PolicyMode.Off)
                ? DoctorFinding.Skip(Id, "No route records calls.")
            : problem is null ? DoctorFinding.Pass(Id, "Calls can be recorded.", onFull)
            : Refuses(settings)
                ? DoctorFinding.Fail(
                    Id,
                    $"Calls cannot be recorded: {problem}",
                    "Calls to routes with policy.mode enforce are refused (503 policy.audit_unavailable); the others are served "
                        + "and counted as lost.",
                    Remedy
                ) with
                {
                    Evidence = [onFull],
                }
            : DoctorFinding.Warn(
                Id,
                $"Calls cannot be recorded: {problem}",
                "They are served and counted as lost (culvert_agent_audit_lost_total).",
                Remedy
            ) with
            {
                Evidence = [onFull],
            };
    }

    /// <summary>Whether the agent refuses calls of at least one route while they cannot be recorded.</summary>
    public static bool Refuses(AgentSettings settings) =>
        settings.Audit.DeniesWhenFull && settings.Routes.Any(route => route.Policy.Mode == PolicyMode.Enforce);
}
