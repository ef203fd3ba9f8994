using Culvert.Machine.Client.Access;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Telemetry;

namespace Culvert.Machine.Client.Reloading;

/// <summary>The sections that agent and edge have alike, as they change while the program runs.</summary>
/// <param name="prepareIdentity">Makes another way to prove the machine ready; its action puts it in force.</param>
/// <param name="health">Answers for health.</param>
/// <param name="levels">Of the log; null: it does not change.</param>
/// <param name="traces">Takes spans; null: there are none.</param>
/// <param name="metrics">Sends metrics; null: to no collector, whatever the section says.</param>
public sealed class SharedSections(
    Func<IdentityOptions, Action> prepareIdentity,
    HealthServer health,
    LogLevels? levels,
    Traces? traces,
    MetricsExport? metrics
)
{
    /// <summary>For <see cref="ReloadableKeys"/>. The service's URLs are not among them: what is kept belongs to them.</summary>
    public static readonly IReadOnlyList<string> Reloadable =
    [
        "identity.ca_file",
        "identity.ca_sha256",
        "identity.organization_id",
        "identity.rule_id",
        "identity.service_account_id",
        "identity.workspace_id",
        "identity.token.",
        "identity.token_cache",
        "health.",
        "telemetry.",
        "network.",
        "log.",
    ];

    /// <summary>Puts other sections in force. What can fail comes first, and is taken back: they count all or none.</summary>
    /// <exception cref="IOException">One cannot be used, and nothing has changed.</exception>
    public async ValueTask UseAsync(
        IdentityOptions nextIdentity,
        HealthOptions nextHealth,
        LogOptions nextLog,
        TelemetryOptions nextTelemetry,
        CancellationToken cancellationToken
    )
    {
        var useIdentity = prepareIdentity(nextIdentity);
        var before = health.Options;
        await health.ApplyAsync(nextHealth, cancellationToken);
        try
        {
            levels?.Use(nextLog);
        }
        catch (IOException)
        {
            await health.ApplyAsync(before, cancellationToken);
            throw;
        }

        traces?.Use(nextTelemetry);
        metrics?.Use(nextTelemetry);
        useIdentity();
    }
}
