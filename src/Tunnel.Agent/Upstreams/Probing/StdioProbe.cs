using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Upstreams.Stdio;

namespace Culvert.Tunnel.Agent.Upstreams.Probing;

/// <summary>A real call to a program: to a shared one itself, otherwise to one that the probe starts.</summary>
/// <param name="legacy">Returns a channel that was initialized when it started.</param>
/// <param name="modern">Returns a channel that is never initialized.</param>
internal sealed class StdioProbe(
    Func<CancellationToken, Task<(RpcChannel? Channel, Failure? Refusal)>> legacy,
    Func<CancellationToken, Task<(RpcChannel? Channel, Failure? Refusal)>> modern
)
{
    private volatile bool isModern;

    public async Task<ProbeState> RunAsync(CancellationToken cancellationToken)
    {
        var wasModern = isModern;
        var first = await TryAsync(wasModern, cancellationToken);
        if (first.IsHealthy == true)
        {
            return first;
        }

        var second = await TryAsync(!wasModern, cancellationToken);
        if (second.IsHealthy == true)
        {
            isModern = !wasModern;
            return second;
        }

        return wasModern ? second : first;
    }

    private async Task<ProbeState> TryAsync(bool inModern, CancellationToken cancellationToken)
    {
        var (channel, refusal) = await (inModern ? modern : legacy)(cancellationToken);
        if (channel is null)
        {
            return new ProbeState(false, refusal!.Message);
        }

        var request = MessageReader.Read(inModern ? ProbeMessages.Discover : ProbeMessages.ListTools);
        if (channel.TryBegin(request, takesMessages: false, out refusal) is not { } call)
        {
            return new ProbeState(false, refusal!.Message);
        }

        try
        {
            var answer = await call.Messages.ReadAsync(cancellationToken);
            return answer is null ? new ProbeState(false, (call.Failure ?? ChildFailures.ChildExited).Message)
                : inModern && answer.ErrorCode is { } code
                    ? new ProbeState(false, $"It responds to server/discover with error {code}.")
                : new ProbeState(true, "");
        }
        catch (OperationCanceledException)
        {
            channel.Cancel(call, "The probe waits no longer.");
            throw;
        }
    }
}
