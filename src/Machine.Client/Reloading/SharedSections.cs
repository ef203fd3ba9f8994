using Culvert.Machine.Client.Access;
using Culvert.Platform.Health;
using Culvert.Platform.Logging;
using Culvert.Platform.Programs;
using Culvert.Platform.Telemetry;

namespace Culvert.Machine.Client.Reloading;

/// <summary>The configuration sections that agent and edge share, as they change while the program runs.</summary>
/// <param name="prepareIdentity">Prepares another way to prove the machine; its action applies it.</param>
/// <param name="health">The health server.</param>
/// <param name="levels">Log levels; null: they do not change.</param>
/// <param name="traces">The span exporter; null: there is none.</param>
/// <param name="metrics">The metrics exporter; null: none, whatever the section says.</param>
public sealed class SharedSections(
    Func<IdentityOptions, Action> prepareIdentity,
    HealthServer health,
    LogLevels? levels,
    Traces? traces,
    MetricsExport? metrics
)
{
    /// <summary>
    /// For <see cref="ReloadableKeys"/>. The stored state belongs to the service's URLs, so they are not here.
    /// </summary>
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

    /// <summary>Applies new sections, all or none: steps that can fail come first and are undone.</summary>
    /// <exception cref="IOException">A section cannot be applied; nothing has changed.</exception>
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
