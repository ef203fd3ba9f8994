using Culvert.Platform.Health;

namespace Culvert.Platform.Doctor;

/// <summary>
/// Whether the program runs here and answers: the first question, since its state is of no use while it does not run.
/// </summary>
/// <param name="Id">Of the check, such as <c>edge_running</c>.</param>
/// <param name="Program">Its name on the command line.</param>
/// <param name="Unit">Its systemd unit.</param>
public sealed record RunningCheck(string Id, string Program, string Unit)
{
    public async Task<DoctorFinding> RunAsync(HealthOptions health, CancellationToken cancellationToken)
    {
        using var running = new RunningProgram(health);
        try
        {
            var (isReady, body) = await running.AskReadyAsync(cancellationToken);
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
