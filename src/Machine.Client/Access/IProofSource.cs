using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.Access;

/// <summary>Gets the credential that proves the machine: by federation or by tunnel token.</summary>
public interface IProofSource
{
    /// <summary>
    /// Gets a proof for a request that does no exchange, such as a renewal. With <paramref name="fresh"/> the proof has
    /// not been used before: a renewal depends on its age (S4).
    /// </summary>
    Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a request that can do the exchange itself. The proof is a cached access token, else the identity
    /// provider's token, else an access token exchanged for it. <paramref name="send"/> runs twice with a service of an
    /// earlier version.
    /// </summary>
    Task<ApiResult<T>> UseAsync<T>(
        bool fresh,
        Func<Proof, Task<ApiResult<T>>> send,
        CancellationToken cancellationToken
    )
        where T : class;

    /// <summary>Drops the cached proof after the service rejected it.</summary>
    Task ForgetAsync(CancellationToken cancellationToken);
}
