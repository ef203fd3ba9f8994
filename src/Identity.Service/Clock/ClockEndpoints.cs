using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Clock;

internal sealed class ClockEndpoints(ClockGuard guard, IJournal journal)
{
    public ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken) => new(Answer());

    public async ValueTask<ApiAnswer> ConfirmAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var before = guard.Status();
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = ClockEvents.Confirmed(AuditOrigin.From(request, before.Now), before.Now - before.Expected),
            },
            cancellationToken
        );
        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            return refusal;
        }

        guard.Confirm();
        return Answer();
    }

    private ApiAnswer Answer() => ApiAnswer.Json(ClockDocument.From(guard.Status()), ClockJson.Default.ClockDocument);
}
