using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;

namespace Culvert.Tunnel.Agent.Pipeline;

internal static class CallDescription
{
    // W3C Trace Context §3.2: the exact length of a version 00 value. The record does not accept a longer value.
    private const int MaxTraceLength = 55;

    public static CallRecord Create(Exchange exchange, ServedRoute served, ModeStrategy mode, TimeProvider time)
    {
        var principal = exchange.Principal;
        var session = exchange.Request.Headers[McpHeaders.Session];
        var access = served.Route.Access;
        return new CallRecord
        {
            Time = time.GetUtcNow(),
            Route = served.Route.Name,
            Host = exchange.Connection.ServerName,
            Connection = exchange.ConnectionId,
            Method = exchange.Request.Method,
            Mode = mode.Name,
            PolicyVersion = served.Route.Policy.Version,
            Issuer = principal?.Issuer ?? "",
            Subject = principal?.Subject ?? "",
            ClientId = principal?.ClientId ?? "",
            Scopes = principal?.Scopes ?? [],
            Groups = principal is null || principal.Groups.IsEmpty ? [] : principal.Groups,
            Auth = principal is not null
                ? principal.KeyThumbprint is null
                    ? "bearer"
                    : "dpop"
                : access.Oauth.Mode == OauthMode.Passthrough
                    ? "passthrough"
                    : "none",
            Upstream = served.Route.Upstream.Address,
            Credential = access.Credential.Kind,
            RequestBytes = exchange.HasBody ? exchange.Request.Headers.ContentLength : 0,
            Session = session.Count == 1 ? session.ToString() : "",
        };
    }

    public static void Add(CallRecord record, McpMessage message, MessageHead head)
    {
        record.Method = message.Method.Length > 0 ? message.Method : "response";
        record.Kind = message.Target is { } kind ? TargetKinds.ToWireName(kind) : "";
        record.Name = message.Name;
        record.Era = head.IsModern ? "modern" : "legacy";
        record.Protocol = head.Version;
        record.Trace = message.TraceParent.Length <= MaxTraceLength ? message.TraceParent : "";
    }

    /// <summary>Adds the decision, the answer and the end of the call.</summary>
    public static void AddOutcome(CallRecord record, PolicyCall call, TimeProvider time)
    {
        var (exchange, decision) = (call.Exchange, call.Decision);
        record.Decision =
            call.AnswerFailure is not null ? "refuse"
            : call.Objection is { } objection ? call.Mode.Describe(objection)
            : decision is null ? ""
            : "allow";
        record.Reason = call.AnswerFailure?.Reason ?? call.Objection?.Failure?.Reason ?? decision?.Reason ?? "";
        record.Rule = decision?.Rule?.Name ?? "";
        (record.Argument, record.Condition) = (decision?.Error?.At ?? "", decision?.Error?.Condition ?? "");
        record.Approval = call.Approval;
        record.CredentialUse = exchange.Credential;
        record.Compose = exchange.Composition;
        record.DurationMs = time.GetElapsedTime(call.StartedAt).TotalMilliseconds;
        if (call.Filter is { } filter)
        {
            record.UpstreamMs = filter.FirstByteAt is { } first
                ? time.GetElapsedTime(call.StartedAt, first).TotalMilliseconds
                : null;
            (record.ResponseBytes, record.Hidden, record.IsError) = (filter.Bytes, filter.Hidden, filter.IsError);
            record.Seen = filter.Seen;
            record.AnswerShape = filter.ShapeReader?.Shape;
            record.Answer = filter.Judge is { } judge ? Describe(judge, call.Mode.Enforces) : null;
        }

        record.Status = exchange.Response.StatusCode;
        record.Failure = exchange.Response.Headers[HeaderRules.Reason].ToString();
        record.End =
            record.Decision is "deny" or "refuse" ? "refused"
            : exchange.IsBrokenOff ? "broken_off"
            : exchange.IsCut ? "client_gone"
            : "completed";
    }

    // Output that the judge still has was not sent, nor was a finding that waits. Of an answer that did not cross, all records
    // that were read stayed inside.
    private static CallAnswer Describe(AnswerJudge judge, bool isEnforced)
    {
        var counts = judge.Counts;
        var isSent = judge.IsAnswered && (!isEnforced || (judge.Output.IsEmpty && judge.Waiting is null));
        var hasCrossed = isSent && judge.Problem.Length == 0;
        return new CallAnswer(
            Rows: hasCrossed ? counts.RowsCrossed : 0,
            RowsRemoved: counts.RowsRemoved + (hasCrossed ? 0 : counts.RowsCrossed),
            FieldsRemoved: counts.FieldsRemoved,
            Masked: hasCrossed ? counts.Masked : 0,
            Digest: isSent ? judge.Digest : default,
            Problem: judge.Problem
        );
    }
}
