using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Approvals;
using Culvert.Identity.Service.Audit;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Webhooks;

namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>
/// <c>POST /v1/webhooks/{webhook_id}/decisions</c>: the receiver of <c>approval.requested</c> decides with a signed message.
/// The webhook has one vote. The administrator who registered it knows its secret, so the two count as one person (S34).
/// </summary>
internal sealed class CallDecisionEndpoint(
    SignedMessages messages,
    WebhookStore webhooks,
    CallApprovalStore store,
    CallApprovals approvals,
    PersonIdentification persons,
    AuditLog audit
)
{
    private const int MaxPersonCharacters = 256;

    public async ValueTask<ApiAnswer> PostAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (!(await messages.ReadAsync(request, cancellationToken)).TryGet(out var message, out var unproven))
        {
            return unproven;
        }

        var webhook = message.Webhook;
        if (webhook is not { CanDecide: true, CreatedBy: { } creator })
        {
            return WebhookErrors.CannotDecide.Refuse();
        }

        if (
            !RequestBody
                .Parse(message.Body, CallApprovalsJson.Default.CallDecisionRequest)
                .TryGet(out var decision, out var unreadable)
        )
        {
            return unreadable;
        }

        if (FindRefusal(decision) is { } malformed)
        {
            return malformed;
        }

        var replay = ToReplayKey(message);
        if (await audit.HasUsedAsync(replay, cancellationToken))
        {
            return CallApprovalErrors.Repeated.Refuse();
        }

        if (
            !CallApprovalId.TryParse(decision.ApprovalId, out var id)
            || await store.FindInOrganizationAsync(webhook.OrganizationId, id.Value, cancellationToken)
                is not { } approval
        )
        {
            return RequestErrors.NotFound.Refuse();
        }

        var decider = new CallDecider(
            webhook.Id.Value,
            await persons.OfActorAsync(creator, cancellationToken),
            new AuditCause(ToActor(request, webhook, decision), request.RequestId)
        )
        {
            Replay = replay,
            ReplayRefusal = CallApprovalErrors.Repeated.Refuse(),
            Conditions = [webhooks.RequireDecider(webhook.Id)],
        };
        var result =
            decision.Decision == CallDecisionRequest.Approve
                ? await approvals.ApproveAsync(decider, approval, decision.Reason, cancellationToken)
                : await approvals.RejectAsync(decider, approval, decision.Reason, cancellationToken);
        return result.IsOk
            ? ApiAnswer.Json(
                new CallDecisionDocument(ApprovalId: result.Value.Id, State: result.Value.State),
                CallApprovalsJson.Default.CallDecisionDocument
            )
            : result.Refusal;
    }

    private static Refusal? FindRefusal(CallDecisionRequest decision) =>
        decision.Type != CallDecisionRequest.Kind
            ? RequestErrors.Invalid.Refuse($"type: {CallDecisionRequest.Kind} is required.")
        : decision.Decision is not (CallDecisionRequest.Approve or CallDecisionRequest.Reject)
            ? RequestErrors.Invalid.Refuse("decision: approve or reject is required.")
        : decision.Person.Trim().Length is 0 or > MaxPersonCharacters
            ? RequestErrors.Invalid.Refuse($"person: 1 to {MaxPersonCharacters} characters are required.")
        : ReasonRequest.CheckOptional(decision.Reason);

    // A message counts once for its webhook, as long as its timestamp is accepted; the journal keeps the key longer.
    private static ReplayKey ToReplayKey(SignedMessage message) =>
        new(
            SHA256.HashData(Encoding.UTF8.GetBytes($"webhook decision\n{message.Webhook.Id.Value}\n{message.Id}")),
            message.SignedAt + SignedMessages.Tolerance
        );

    private static AuditActor ToActor(ApiRequest request, Webhook webhook, CallDecisionRequest decision) =>
        new()
        {
            Type = "webhook",
            Id = webhook.Id.Value,
            // Claimed by the receiver, not verified.
            Subject = decision.Person,
            IpAddress = request.Source.ToString(),
            UserAgent = AuditActor.Bounded(request.UserAgent),
        };
}
