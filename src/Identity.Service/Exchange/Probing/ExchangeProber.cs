using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Health;

namespace Culvert.Identity.Service.Exchange.Probing;

/// <summary>
/// Checks each minute what all clients rely on: that a proper token is granted and that a forged one is not. The probes
/// run the exchange's own checks and decision and stop before the commit: nothing is granted, signed, recorded or
/// counted as traffic.
/// </summary>
internal sealed class ExchangeProber(
    IssuerKeysFactory keys,
    SubjectEvaluator subjects,
    GrantDecider decider,
    FederationDirectory directory,
    IJournal journal,
    ClockGuard clock,
    ServiceIdentity identity,
    TimeProvider time,
    ILogger<ExchangeProber> logger
)
    : RecurringJob(
        "exchange_probe",
        "Checks that the token exchange grants a valid token and refuses a forged one.",
        Interval,
        time
    )
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private ProbeBench? bench;
    private volatile string? positiveError;
    private volatile string? negativeError;

    /// <summary>Reported only: an error of the probe itself must not take all nodes out of service.</summary>
    public ReadinessCheck Readiness =>
        ReadinessCheck.Create("exchange_probe", () => negativeError ?? positiveError) with
        {
            IsAdvisory = true,
        };

    public override void Dispose()
    {
        bench?.Dispose();
        base.Dispose();
    }

    public async Task ProbeAsync(CancellationToken cancellationToken)
    {
        bench ??= new ProbeBench(keys, identity.PublicUrl, Time.GetUtcNow());
        positiveError = await TimedAsync(ProbeKind.Positive, positiveError, PositiveAsync, cancellationToken);
        negativeError = await TimedAsync(ProbeKind.Negative, negativeError, NegativeAsync, cancellationToken);
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => ProbeAsync(cancellationToken);

    private async Task<string?> TimedAsync(
        ProbeKind kind,
        string? before,
        Func<ProbeBench, CancellationToken, Task<string?>> probe,
        CancellationToken cancellationToken
    )
    {
        var name = kind.ToString().ToLowerInvariant();
        var began = Time.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        string? error;
        try
        {
            error = await probe(bench!, limit.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // An exception that would fail an exchange is a finding of its probe.
            error = $"The {name} probe failed with {e.GetType().Name}.";
        }

        KeyValuePair<string, object?> tag = new("kind", name);
        ServiceMeters.ProbeDuration.Record(Time.GetElapsedTime(began).TotalSeconds, tag);
        ServiceMeters.ProbeSuccess.Record(error is null ? 1 : 0, tag);
        if (error is not null)
        {
            Log.ProbeFailed(logger, name, error);
        }
        else if (before is not null)
        {
            Log.ProbeRegained(logger, name);
        }

        return error;
    }

    private async Task<string?> PositiveAsync(ProbeBench probe, CancellationToken cancellationToken)
    {
        if (!journal.IsHealthy || directory.IsStale)
        {
            return "Token exchanges are refused: the store is unavailable, or reading the rules failed.";
        }

        if (clock.RefusalIfAlarmed() is not null)
        {
            return "An exchange would be refused: the wall clock is not trusted.";
        }

        var now = Time.GetUtcNow();
        var request = probe.Proper(now);
        var (subject, denial) = await subjects.EvaluateAsync(
            new AssertionContext(request, probe.Rule, now),
            cancellationToken
        );
        if (subject is null)
        {
            return $"A proper token would be denied: {denial.Reason.Name()}.";
        }

        var decision = await decider.DecideAsync(request, subject, actor: null, now, cancellationToken);
        return decision.Grant is null ? $"A proper token would be denied: {decision.Denial.Reason.Name()}." : null;
    }

    private async Task<string?> NegativeAsync(ProbeBench probe, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        return await DeniedAsync(probe.Forged(now), DenialReason.SignatureInvalid, "A forged token")
            ?? await DeniedAsync(probe.Misdirected(now), DenialReason.AudienceMismatch, "A token for another audience");

        async Task<string?> DeniedAsync(ExchangeRequest request, DenialReason expected, string what)
        {
            var (subject, denial) = await subjects.EvaluateAsync(
                new AssertionContext(request, probe.Rule, now),
                cancellationToken
            );
            return subject is not null ? $"{what} would be granted."
                : denial.Reason == expected ? null
                : $"{what} is denied as {denial.Reason.Name()}, not as {expected.Name()}.";
        }
    }
}
