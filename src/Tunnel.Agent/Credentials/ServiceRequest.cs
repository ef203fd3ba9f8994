using Culvert.Machine.Client.Calls;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A request to the identity service for something that proves a caller or the agent to an upstream.</summary>
internal static class ServiceRequest
{
    // Nothing waits longer for the service than a token request may take.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <param name="send">Calls the machine API; null: the agent is not enrolled.</param>
    /// <param name="read">The token of an answer, or what is wrong with it.</param>
    /// <param name="refuse">What a refusal of the service means.</param>
    /// <param name="what">What is requested, for problems.</param>
    public static async Task<IssuedToken> SendAsync<T>(
        Func<CancellationToken, Task<ApiResult<T>>?> send,
        Func<T, IssuedToken> read,
        Func<ApiFailure, IssuedToken> refuse,
        string what,
        TimeProvider time
    )
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            return send(patience.Token) is not { } call
                    ? IssuedToken.Failed($"The agent is not enrolled, and has no {what}.", time)
                : await call is var answer && answer.IsSuccess ? read(answer.Value)
                : refuse(answer.Failure!);
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // The certificate was renewed meanwhile, or the service did not answer in time.
            return IssuedToken.Failed($"The identity service gave no {what} in time.", time);
        }
    }

    public static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
