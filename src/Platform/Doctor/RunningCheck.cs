using Culvert.Platform.Health;

namespace Culvert.Platform.Doctor;

/// <summary>Checks whether the program runs. It comes first: other state is useless while the program does not.</summary>
public sealed record RunningCheck(string Id, string Program, string Unit)
{
    public async Task<DoctorFinding> RunAsync(
        HealthOptions health,
        ProgramIdentity own,
        CancellationToken cancellationToken
    )
    {
        using var running = new RunningProgram(health);
        try
        {
            var (isReady, body) = await running.GetReadinessAsync(cancellationToken);
            if (own.FindOther(body) is { } other)
            {
                return DoctorFinding.Fail(
                    Id,
                    $"{Program} is not running with this configuration: {other} answers at {running.Url.Authority}.",
                    "Only one program can listen at an address: the one of this configuration cannot start there.",
                    $"Set health.listen in one of the two files to another address, then start {Program}."
                );
            }

            return isReady
                ? DoctorFinding.Pass(Id, $"{Program} runs and is ready.")
                : DoctorFinding.Fail(
                    Id,
                    $"{Program} runs and is not ready.",
                    "Load balancers send no clients to a program that is not ready. The evidence names what is missing.",
                    $"{Program} health"
                ) with
                {
                    Evidence = [body],
                };
        }
        catch (HttpRequestException e)
        {
            return DoctorFinding.Fail(
                Id,
                $"{Program} is not running: no response from {running.Url}readyz.",
                "The other checks read its stored state; nothing is served while it is stopped.",
                $"systemctl status {Unit}, or the log of its container"
            ) with
            {
                Evidence = [Net.FailureText.Describe(e)],
            };
        }
    }
}
