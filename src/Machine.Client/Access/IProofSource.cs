using Culvert.Machine.Client.Calls;

namespace Culvert.Machine.Client.Access;

/// <summary>Gets what proves the machine: by federation or by tunnel token.</summary>
public interface IProofSource
{
    /// <summary>A proof for an enrolment or a renewal.</summary>
    /// <param name="fresh">Not one that was used before: for a renewal, where its age is what counts (S4).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<ApiResult<Proof>> GetAsync(bool fresh, CancellationToken cancellationToken);

    /// <summary>Drops what is kept, after the service would not have it.</summary>
    Task ForgetAsync(CancellationToken cancellationToken);
}
