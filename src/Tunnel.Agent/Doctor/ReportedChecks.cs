using Culvert.Platform.Doctor;
using Culvert.Platform.Timing;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Doctor;

/// <summary>Runs the checks periodically while the agent serves, and stores the findings for the agent's reports.</summary>
internal sealed class ReportedChecks(
    Func<CancellationToken, Task<IReadOnlyList<DoctorFinding>>> find,
    TimeProvider time
)
{
    /// <summary>The id of the finding that the checks themselves failed.</summary>
    public const string Checks = "checks";

    /// <summary>The delay after a start: until then most problems disappear without action.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    public static readonly TimeSpan Between = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private volatile AgentReportDoctor? latest;

    public AgentReportDoctor? Latest => latest;

    /// <summary>Runs the checks until cancelled, and calls <paramref name="found"/> after each run.</summary>
    public async Task RunAsync(Action found, CancellationToken cancellationToken)
    {
        await Task.Delay(Settling, time, cancellationToken);
        using var timer = new PeriodicTimer(Between, time);
        do
        {
            var findings = await FindAsync(cancellationToken);
            latest = new AgentReportDoctor(
                CheckedAt: time.GetUtcNow(),
                Checks: [.. findings.Take(AgentReportDoctor.MaxChecks).Select(ToReport)]
            );
            found();
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    // After any exception of a check the agent continues to serve; the exception is reported as a finding.
    private async Task<IReadOnlyList<DoctorFinding>> FindAsync(CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(Limit, time, cancellationToken);
        try
        {
            return await find(limit.Token);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            var why = limit.IsOver ? $"not done after {Limit.TotalSeconds} s" : "an unexpected error";
            return [DoctorFinding.Fail(Checks, $"The checks did not finish: {why}.", "", "tunnel-agent doctor")];
        }
    }

    private static AgentReportCheck ToReport(DoctorFinding finding) =>
        new(
            Id: finding.Id,
            Status: finding.Status.ToString().ToLowerInvariant(),
            Summary: OneLine(finding.Summary),
            Next: OneLine(finding.Next is [var first, ..] ? first : "")
        );

    private static string OneLine(string text)
    {
        var line = string.Create(
            Math.Min(text.Length, AgentReportDoctor.MaxTextLength),
            text,
            static (span, from) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = char.IsControl(from[i]) ? ' ' : from[i];
                }
            }
        );
        return line.Length < text.Length ? $"{line[..^1]}…" : line;
    }
}
