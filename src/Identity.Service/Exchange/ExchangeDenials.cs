using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Records a denial before the caller gets its answer.</summary>
internal sealed class ExchangeDenials(DenialRecorder recorder)
{
    public async ValueTask<TokenExchangeResult> DenyAsync(
        AssertionContext context,
        Denial denial,
        CancellationToken cancellationToken
    )
    {
        var audited = context.IsProven
            ? FederatedAuthentication.From(context, AuditStatus.Denied(denial.Reason.Name(), denial.Detail))
            : null;
        return await recorder.RecordAsync(context, denial, audited, cancellationToken) is { } refusal
            ? TokenExchangeResult.Refused(refusal)
            : TokenExchangeResult.Denied(context, denial);
    }
}
