using System.Buffers.Text;
using Culvert.Machine.Client.Calls;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>Announces challenges to the service and waits until all agents and edges of the tunnel hold them (S25).</summary>
internal sealed class ServiceChallenges(Func<MachineClient?> service, ChallengeRegistry registry, TimeProvider time)
    : IChallengeGate
{
    // S25: at most ten minutes. CAs check within seconds; for a slow one the order is retried.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(9);

    // Longer than the time after which a silent machine is not live (default five minutes), and leaves time for the CA.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    // Another agent's challenge was first.
    private const string Busy = "acme_challenge.busy";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async Task<IAsyncDisposable> OpenAsync(string name, byte[] digest, CancellationToken cancellationToken)
    {
        var text = Base64Url.EncodeToString(digest);
        registry.SetOwnDigest(text);
        var request = new AcmeChallengeRequest(
            Name: name,
            KeyAuthorizationSha256: text,
            ExpiresAt: time.GetUtcNow() + Life
        );
        var announced = await CallAsync(c => c.AnnounceChallengeAsync(request, cancellationToken));
        var open = new Announced(this, announced.Id);
        try
        {
            await WaitAsync(announced, cancellationToken);
            return open;
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    private async Task WaitAsync(AcmeChallengeDocument announced, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + Patience;
        for (var now = announced; !now.Acknowledged; )
        {
            if (time.GetUtcNow() > until)
            {
                throw new AcmeException(
                    AcmeReason.ChallengeUnacknowledged,
                    $"challenge: {string.Join(", ", now.WaitingFor.Take(8))} did not acknowledge it."
                );
            }

            await Task.Delay(Pause, time, cancellationToken);
            now = await CallAsync(c => c.ChallengeAsync(announced.Id, cancellationToken));
        }
    }

    private async Task<AcmeChallengeDocument> CallAsync(
        Func<MachineClient, Task<ApiResult<AcmeChallengeDocument>>> call
    )
    {
        try
        {
            var answer = service() is { } client
                ? await call(client)
                : throw new AcmeException(AcmeReason.ChallengeRefused, "challenge: the agent is not enrolled.");
            return answer.IsSuccess
                ? answer.Value
                : throw new AcmeException(
                    answer.Failure.Code == Busy ? AcmeReason.ChallengeTaken : AcmeReason.ChallengeRefused,
                    $"challenge: {answer.Failure}",
                    answer.Failure.RetryAfter
                );
        }
        catch (ObjectDisposedException)
        {
            throw new AcmeException(
                AcmeReason.ChallengeRefused,
                "challenge: the platform certificate was renewed in the meantime."
            );
        }
    }

    private sealed class Announced(ServiceChallenges owner, string id) : IAsyncDisposable
    {
        // Nothing waits for this call, and it must complete even when the caller is cancelled; otherwise the challenge
        // expires.
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

        public async ValueTask DisposeAsync()
        {
            if (owner.Client is not { } client)
            {
                return;
            }

            using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
            try
            {
                await client.EndChallengeAsync(id, limit.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                // The challenge expires.
            }
        }
    }

    private MachineClient? Client => service();
}
