using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Storage;

/// <summary>Notices to receivers outside. A boundary: the webhooks capability implements it.</summary>
internal interface INoticeOutbox
{
    /// <summary>
    /// Queues the notice for every receiver of the organization: the statements belong to the transaction of the decision.
    /// </summary>
    ValueTask<IReadOnlyList<Statement>> EnqueueAsync(SecurityNotice notice, CancellationToken cancellationToken);

    /// <summary>Sends what was committed now, instead of in the next round.</summary>
    void Wake();
}
