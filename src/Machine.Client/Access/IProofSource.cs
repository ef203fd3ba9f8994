using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.Access;

/// <summary>Gets what proves the machine: by federation or by tunnel token.</summary>
public interface IProofSource
{
    /// <summary>A proof for a request that does no exchange, such as a renewal.</summary>
    /// <param name="fresh">Not one that was used before: for a renewal, where its age is what counts (S4).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken);

    /// <summary>
    /// Sends a request that does the exchange itself where the service knows how to: with what is kept, else with the
    /// identity provider's token, else with an access token that it was exchanged for.
    /// </summary>
    /// <param name="fresh">As above.</param>
    /// <param name="send">Sends the request with a proof; called twice for a service of an earlier version.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ApiResult<T>> UseAsync<T>(
        bool fresh,
        Func<Proof, Task<ApiResult<T>>> send,
        CancellationToken cancellationToken
    )
        where T : class;

    /// <summary>Drops what is kept, after the service would not have it.</summary>
    Task ForgetAsync(CancellationToken cancellationToken);
}
