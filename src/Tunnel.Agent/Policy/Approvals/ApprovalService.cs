using System.Text.Json;
using Culvert.Machine.Client.Dialects;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>
/// Asks the identity service whether a person has approved a call, or its answer. Only the service stores approvals, each for
/// a single call, whichever agent of the tunnel makes it. Any error refuses the call.
/// </summary>
/// <param name="service">Returns the machine API with the current identity; null before the first.</param>
internal sealed class ApprovalService(Func<MachineClient?> service, string tunnelId, ILogger<ApprovalService> logger)
{
    public ValueTask<ApprovalVerdict> RequestAsync(
        CallRecord record,
        PolicyRule rule,
        McpMessage message,
        CallInputs inputs,
        CancellationToken cancellationToken
    ) =>
        RequestAsync(record, () => ApprovalRequests.Create(tunnelId, record, rule, message, inputs), cancellationToken);

    public ValueTask<ApprovalVerdict> RequestAsync(
        CallRecord record,
        CallIdentity call,
        HeldFinding finding,
        CancellationToken cancellationToken
    ) => RequestAsync(record, () => ApprovalRequests.Create(tunnelId, record, call, finding), cancellationToken);

    /// <summary>What the call and its repetition have in common; null if the arguments cannot be read.</summary>
    /// <param name="writeRules">As in <see cref="ApprovalRequests.Identify"/>.</param>
    public CallIdentity? Identify(
        CallRecord record,
        McpMessage message,
        CallInputs inputs,
        Action<Utf8JsonWriter> writeRules
    )
    {
        try
        {
            return ApprovalRequests.Identify(tunnelId, record, message, inputs, writeRules);
        }
        catch (JsonException e)
        {
            Log.ApprovalUnavailable(logger, record.Route, e.Message);
            return null;
        }
    }

    private async ValueTask<ApprovalVerdict> RequestAsync(
        CallRecord record,
        Func<CallApprovalRequest> create,
        CancellationToken cancellationToken
    )
    {
        try
        {
            if (service() is not { } client)
            {
                return Fail(record, "The agent is not enrolled.");
            }

            var result = await client.RequestApprovalAsync(create(), cancellationToken);
            return result.IsSuccess ? Judge(record, result.Value) : Fail(record, $"{result.Failure}");
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or JsonException)
        {
            // The certificate was renewed meanwhile, the client disconnected, or the arguments cannot be read.
            return Fail(record, e.Message);
        }
    }

    private ApprovalVerdict Judge(CallRecord record, CallApprovalAnswer answer)
    {
        var ticket = new ApprovalTicket(answer.Id, answer.ExpiresAt);
        return answer.State switch
        {
            CallApprovalAnswer.Approved => new ApprovalVerdict(null, answer.Id),
            CallApprovalAnswer.Pending => new ApprovalVerdict(
                ApprovalFailures.Required with
                {
                    Ticket = ticket,
                    Message = $"A person has to approve the call: ticket {answer.Id}. Repeat the call after approval.",
                },
                answer.Id
            ),
            CallApprovalAnswer.Rejected => new ApprovalVerdict(
                ApprovalFailures.Rejected with
                {
                    Ticket = ticket,
                    Message = $"A person has rejected the call: ticket {answer.Id}.",
                },
                answer.Id
            ),
            _ => Fail(record, "The answer has an unknown state."),
        };
    }

    private ApprovalVerdict Fail(CallRecord record, string problem)
    {
        Log.ApprovalUnavailable(logger, record.Route, problem);
        return new ApprovalVerdict(ApprovalFailures.Unavailable, "");
    }
}
