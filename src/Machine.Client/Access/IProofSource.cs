using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.Access;

/// <summary>Gets the credential that proves the machine: by federation or by tunnel token.</summary>
public interface IProofSource
{
    /// <summary>
    /// Gets a proof for a request without exchange. A renewal depends on its age (S4): then it must be fresh.
    /// </summary>
    Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a request that can do the exchange itself. The proof is a cached access token, else the identity
    /// provider's token, else an access token exchanged for it; with an older service, send runs twice.
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
