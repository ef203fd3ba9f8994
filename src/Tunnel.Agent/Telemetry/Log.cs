namespace Culvert.Tunnel.Agent.Telemetry;

/// <summary>No parameter is ever a token, header value, body or query: only hosts, routes, ids, serials and codes.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventIds.RequestFailed,
        LogLevel.Warning,
        "Request {RequestId} for route {Route} was answered by the agent: {Reason} at hop {Hop}. {Detail}"
    )]
    public static partial void RequestFailed(
        ILogger logger,
        string requestId,
        string route,
        string reason,
        string hop,
        string detail
    );

    [LoggerMessage(
        EventIds.StreamFailed,
        LogLevel.Warning,
        "A response on route {Route} was interrupted at stage {Stage}: {Detail}"
    )]
    public static partial void StreamFailed(ILogger logger, string route, string stage, string detail);

    [LoggerMessage(
        EventIds.AskNotRefused,
        LogLevel.Warning,
        "The policy of route {Route} withheld a request of its upstream to the client, and refusing that request failed: {Detail}"
    )]
    public static partial void AskNotRefused(ILogger logger, string route, string detail);

    [LoggerMessage(EventIds.ExchangeFault, LogLevel.Error, "Handling a request failed.")]
    public static partial void ExchangeFault(ILogger logger, Exception exception);

    [LoggerMessage(
        EventIds.UpstreamUnhealthy,
        LogLevel.Warning,
        "The upstream of route {Route} does not respond: {Detail}"
    )]
    public static partial void UpstreamUnhealthy(ILogger logger, string route, string detail);

    [LoggerMessage(EventIds.UpstreamHealthy, LogLevel.Information, "The upstream of route {Route} responds.")]
    public static partial void UpstreamHealthy(ILogger logger, string route);

    [LoggerMessage(
        EventIds.CalloutMade,
        LogLevel.Information,
        "Callout on route {Route} by {Subject} of {Issuer} to {Target}: {Outcome}, status {Status}, {Bytes} bytes, {Redirects} redirects, {DurationMs} ms."
    )]
    public static partial void CalloutMade(
        ILogger logger,
        string route,
        string issuer,
        string subject,
        string target,
        string outcome,
        int status,
        int bytes,
        int redirects,
        long durationMs
    );

    [LoggerMessage(EventIds.ChildEnded, LogLevel.Information, "Program {Program} ({Pid}) exited with status {Status}.")]
    public static partial void ChildEnded(ILogger logger, string program, int pid, int status);

    [LoggerMessage(EventIds.ChildNotStarted, LogLevel.Warning, "Program {Program} cannot be started: {Problem}")]
    public static partial void ChildNotStarted(ILogger logger, string program, string problem);

    [LoggerMessage(EventIds.ChildSaid, LogLevel.Information, "Program {Program} ({Pid}) wrote: {Line}")]
    public static partial void ChildSaid(ILogger logger, string program, int pid, string line);

    [LoggerMessage(
        EventIds.ChildUnreadable,
        LogLevel.Warning,
        "Program {Program} ({Pid}) wrote a line of {Bytes} bytes that is not a JSON-RPC message; the line is skipped."
    )]
    public static partial void ChildUnreadable(ILogger logger, string program, int pid, int bytes);

    [LoggerMessage(
        EventIds.ChildMessageDiscarded,
        LogLevel.Information,
        "Program {Program} ({Pid}): a message was discarded: {Reason}"
    )]
    public static partial void ChildMessageDiscarded(ILogger logger, string program, int pid, string reason);

    [LoggerMessage(EventIds.ChildIdle, LogLevel.Information, "Closing an idle session with program {Program}.")]
    public static partial void ChildIdle(ILogger logger, string program);

    [LoggerMessage(
        EventIds.LeafSwapped,
        LogLevel.Information,
        "Inner TLS now serves leaf {Serial}, valid until {NotAfter:u}."
    )]
    public static partial void LeafSwapped(ILogger logger, string serial, DateTimeOffset notAfter);

    [LoggerMessage(
        EventIds.LeafRefused,
        LogLevel.Error,
        "Reloading the certificate files failed: {Problem} The current leaf stays in use."
    )]
    public static partial void LeafRefused(ILogger logger, string problem);

    [LoggerMessage(
        EventIds.ServerNameRefused,
        LogLevel.Warning,
        "Inner connection {ConnectionId} was refused: its server name was not served because {Why}."
    )]
    public static partial void ServerNameRefused(ILogger logger, string connectionId, string why);

    [LoggerMessage(
        EventIds.InnerConnectionRefused,
        LogLevel.Warning,
        "Inner connection {ConnectionId} was returned to the edge, which may choose another agent: {Reason}"
    )]
    public static partial void InnerConnectionRefused(ILogger logger, string connectionId, string reason);

    [LoggerMessage(
        EventIds.InnerHandshakeFailed,
        LogLevel.Debug,
        "The inner TLS handshake of connection {Connection} failed: {Detail}"
    )]
    public static partial void InnerHandshakeFailed(ILogger logger, string connection, string detail);

    [LoggerMessage(
        EventIds.EdgeConnected,
        LogLevel.Information,
        "Connected to edge {Edge} at {Address} (connection {Slot}), its certificate expires {NotAfter:u}."
    )]
    public static partial void EdgeConnected(
        ILogger logger,
        string edge,
        string address,
        int slot,
        DateTimeOffset notAfter
    );

    [LoggerMessage(
        EventIds.EdgeDialFailed,
        LogLevel.Warning,
        "Dialling edge {Edge} at {Address} failed at stage {Stage}: {Detail} Next attempt in {Delay}."
    )]
    public static partial void EdgeDialFailed(
        ILogger logger,
        string edge,
        string address,
        string stage,
        string detail,
        TimeSpan delay
    );

    [LoggerMessage(EventIds.EdgeConnectionEnded, LogLevel.Information, "A connection to edge {Edge} closed: {Outcome}")]
    public static partial void EdgeConnectionEnded(ILogger logger, string edge, string outcome);

    [LoggerMessage(
        EventIds.EdgeRenewing,
        LogLevel.Information,
        "Replacing the connections to edge {Edge}: the platform certificate was renewed ({Serial})."
    )]
    public static partial void EdgeRenewing(ILogger logger, string edge, string serial);

    [LoggerMessage(
        EventIds.EdgeGoingAway,
        LogLevel.Information,
        "Edge {Edge} accepts no new streams ({Code}): {Text} Reconnecting."
    )]
    public static partial void EdgeGoingAway(ILogger logger, string edge, string code, string text);

    [LoggerMessage(EventIds.DialSlotFault, LogLevel.Error, "A connection to edge {Edge} failed in an unforeseen way.")]
    public static partial void DialSlotFault(ILogger logger, string edge, Exception exception);

    [LoggerMessage(
        EventIds.DangerousOpenRoute,
        LogLevel.Warning,
        "Route {Route} is open: oauth mode is dangerous_none, so any client that reaches its hostname can call its upstream."
    )]
    public static partial void DangerousOpenRoute(ILogger logger, string route);

    [LoggerMessage(
        EventIds.DangerousAnyAddress,
        LogLevel.Warning,
        "Route {Route} connects to any address its upstream's name resolves to: dangerous_allow_any_address is true."
    )]
    public static partial void DangerousAnyAddress(ILogger logger, string route);

    [LoggerMessage(
        EventIds.RequestRefused,
        LogLevel.Information,
        "Request {RequestId} for route {Route} was refused: {Reason} at hop {Hop}. {Detail}"
    )]
    public static partial void RequestRefused(
        ILogger logger,
        string requestId,
        string route,
        string reason,
        string hop,
        string detail
    );

    [LoggerMessage(EventIds.IssuerKeysFetched, LogLevel.Information, "Issuer {Issuer}: {Count} keys fetched.")]
    public static partial void IssuerKeysFetched(ILogger logger, string issuer, int count);

    [LoggerMessage(
        EventIds.IssuerKeysFailed,
        LogLevel.Warning,
        "Fetching the keys of issuer {Issuer} failed; the cached keys are {State}: {Detail}"
    )]
    public static partial void IssuerKeysFailed(ILogger logger, string issuer, string state, string detail);

    [LoggerMessage(
        EventIds.IssuerKeysDropped,
        LogLevel.Information,
        "Keys that issuer {Issuer} publishes and that are not used: {Detail}"
    )]
    public static partial void IssuerKeysDropped(ILogger logger, string issuer, string detail);

    [LoggerMessage(
        EventIds.IssuerKeysNotKept,
        LogLevel.Warning,
        "Saving the issuers' keys for the next start failed: {Detail}"
    )]
    public static partial void IssuerKeysNotKept(ILogger logger, string detail);

    [LoggerMessage(
        EventIds.IssuerKeysNotRead,
        LogLevel.Warning,
        "{File} is damaged, was changed, or is from another machine; fetching the issuers' keys again."
    )]
    public static partial void IssuerKeysNotRead(ILogger logger, string file);

    [LoggerMessage(
        EventIds.PassthroughRoute,
        LogLevel.Information,
        "Route {Route} checks no tokens: its upstream receives the clients' credentials unchanged."
    )]
    public static partial void PassthroughRoute(ILogger logger, string route);

    [LoggerMessage(
        EventIds.RoutesInForce,
        LogLevel.Information,
        "Serving {Count} routes under {Domain} (tunnel {Status})."
    )]
    public static partial void RoutesInForce(ILogger logger, int count, string domain, string status);

    [LoggerMessage(
        EventIds.RouteAudienceShared,
        LogLevel.Error,
        "Route {Route} is not served: one of its audiences is the resource of another route, whose tokens would open it."
    )]
    public static partial void RouteAudienceShared(ILogger logger, string route);

    [LoggerMessage(
        EventIds.RequestsRevoked,
        LogLevel.Information,
        "The feed ended {Count} running requests: their tokens were revoked, or their callers off-boarded."
    )]
    public static partial void RequestsRevoked(ILogger logger, int count);

    [LoggerMessage(EventIds.Starting, LogLevel.Information, "tunnel-agent {Version} starts for tunnel {TunnelId}.")]
    public static partial void Starting(ILogger logger, string version, string tunnelId);

    [LoggerMessage(EventIds.Draining, LogLevel.Information, "Stopping: running calls may finish within {Drain}.")]
    public static partial void Draining(ILogger logger, TimeSpan drain);

    [LoggerMessage(
        EventIds.FilesChanged,
        LogLevel.Information,
        "The files in {Folder} are certificate {Serial}, until {NotAfter:u}, with trust bundle {Epoch}."
    )]
    public static partial void FilesChanged(
        ILogger logger,
        string folder,
        string serial,
        DateTimeOffset notAfter,
        long epoch
    );

    [LoggerMessage(EventIds.FilesNotWritten, LogLevel.Error, "The files are as they were: {Problem}")]
    public static partial void FilesNotWritten(ILogger logger, string problem);

    [LoggerMessage(
        EventIds.ChangeCommandFailed,
        LogLevel.Error,
        "The files are new, but the command after the change failed and will be run again: {Fault}"
    )]
    public static partial void ChangeCommandFailed(ILogger logger, string fault);

    [LoggerMessage(EventIds.ServingEnded, LogLevel.Error, "Every edge is left and no client is served: {Reason}")]
    public static partial void ServingEnded(ILogger logger, string reason);

    [LoggerMessage(EventIds.Stopped, LogLevel.Information, "tunnel-agent stopped.")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(
        EventIds.AccountMade,
        LogLevel.Information,
        "The CA at {Directory} knows this agent as account {Account}."
    )]
    public static partial void AccountMade(ILogger logger, string directory, string account);

    [LoggerMessage(
        EventIds.PublicLeafIssued,
        LogLevel.Information,
        "{Name} now serves public certificate {Serial}, valid until {NotAfter:u}; the next is ordered at {Next:u}."
    )]
    public static partial void PublicLeafIssued(
        ILogger logger,
        string name,
        string serial,
        DateTimeOffset notAfter,
        DateTimeOffset next
    );

    [LoggerMessage(
        EventIds.PublicLeafFailed,
        LogLevel.Warning,
        "No public certificate for {Name} ({Code}): {Detail} The next try is at {Next:u}."
    )]
    public static partial void PublicLeafFailed(
        ILogger logger,
        string name,
        string code,
        string detail,
        DateTimeOffset next
    );

    [LoggerMessage(
        EventIds.PublicLeafFault,
        LogLevel.Error,
        "An order for {Name} failed unexpectedly; retrying later."
    )]
    public static partial void PublicLeafFault(ILogger logger, Exception exception, string name);

    [LoggerMessage(
        EventIds.PublicLeafNotKept,
        LogLevel.Error,
        "Saving the state of public certificates failed: {Problem}"
    )]
    public static partial void PublicLeafNotKept(ILogger logger, string problem);

    [LoggerMessage(
        EventIds.DangerousUnboundName,
        LogLevel.Warning,
        "Ordering a certificate for {Name} although others could get one too ({Code}): {Detail}"
    )]
    public static partial void DangerousUnboundName(ILogger logger, string name, string code, string detail);

    [LoggerMessage(
        EventIds.DangerousUnboundAcme,
        LogLevel.Warning,
        "acme.dangerous_allow_unbound_acme is true: anyone who controls a name's address or zone, including the edge, may get a certificate for it."
    )]
    public static partial void DangerousUnboundAcme(ILogger logger);

    [LoggerMessage(
        EventIds.RenewalInfoFailed,
        LogLevel.Information,
        "The CA gives no renewal window for the certificate of {Name}: {Detail}"
    )]
    public static partial void RenewalInfoFailed(ILogger logger, string name, string detail);

    [LoggerMessage(
        EventIds.ChallengeHeld,
        LogLevel.Information,
        "Responding to challenge {Id} for {Name} until it expires."
    )]
    public static partial void ChallengeHeld(ILogger logger, string name, string id);

    [LoggerMessage(
        EventIds.ChallengeAnswered,
        LogLevel.Information,
        "Inner connection {Connection} was shown a challenge certificate."
    )]
    public static partial void ChallengeAnswered(ILogger logger, string connection);

    [LoggerMessage(EventIds.AuditStopped, LogLevel.Error, "Calls cannot be recorded: {Problem}")]
    public static partial void AuditStopped(ILogger logger, string problem);

    [LoggerMessage(
        EventIds.AuditResumed,
        LogLevel.Warning,
        "Calls are recorded again; {Lost} went unrecorded since the start."
    )]
    public static partial void AuditResumed(ILogger logger, long lost);

    [LoggerMessage(
        EventIds.AuditRepaired,
        LogLevel.Warning,
        "Removed an incomplete last line of {Bytes} bytes from the audit file: the agent was killed while writing it."
    )]
    public static partial void AuditRepaired(ILogger logger, long bytes);

    [LoggerMessage(
        EventIds.AuditMissing,
        LogLevel.Error,
        "{Records} audit records are missing from the disk: the file was truncated. New records follow after the gap."
    )]
    public static partial void AuditMissing(ILogger logger, long records);

    [LoggerMessage(
        EventIds.AuditHeadMissing,
        LogLevel.Error,
        "The file with the end of the audit is missing; it is unknown whether records after {Sequence} are missing."
    )]
    public static partial void AuditHeadMissing(ILogger logger, long sequence);

    [LoggerMessage(
        EventIds.AuditCheckpoint,
        LogLevel.Information,
        "Checkpoint of the audit at record {Sequence}: {Checkpoint}"
    )]
    public static partial void AuditCheckpoint(ILogger logger, long sequence, string checkpoint);

    [LoggerMessage(
        EventIds.BudgetsStopped,
        LogLevel.Error,
        "Budgets cannot be charged, and calls that need one are refused until the agent restarts: {Problem}"
    )]
    public static partial void BudgetsStopped(ILogger logger, string problem);

    [LoggerMessage(
        EventIds.ApprovalUnavailable,
        LogLevel.Warning,
        "Checking the approval of a call on route {Route} failed: {Problem}"
    )]
    public static partial void ApprovalUnavailable(ILogger logger, string route, string problem);

    [LoggerMessage(EventIds.AuditReached, LogLevel.Information, "The audit reaches record {Sequence}: {Hash}")]
    public static partial void AuditReached(ILogger logger, long sequence, string hash);

    [LoggerMessage(
        EventIds.AuditExportFailed,
        LogLevel.Warning,
        "Sending audit records to the collector failed; retrying in {Wait}: {Detail}"
    )]
    public static partial void AuditExportFailed(ILogger logger, string detail, TimeSpan wait);

    [LoggerMessage(
        EventIds.AuditExportResumed,
        LogLevel.Information,
        "The collector accepts audit records again after {Failures} failed attempts."
    )]
    public static partial void AuditExportResumed(ILogger logger, long failures);

    [LoggerMessage(
        EventIds.AuditExportRejected,
        LogLevel.Error,
        "The collector rejected {Records} audit records permanently; they are not sent again."
    )]
    public static partial void AuditExportRejected(ILogger logger, long records);

    [LoggerMessage(
        EventIds.AuditExportSkipped,
        LogLevel.Error,
        "{Records} audit records were removed before the collector had them; keep more with audit.rotate."
    )]
    public static partial void AuditExportSkipped(ILogger logger, long records);

    [LoggerMessage(
        EventIds.AuditExportRestarted,
        LogLevel.Warning,
        "The collector has audit records up to {Sequence}, which are not the ones on this disk: all of these are sent."
    )]
    public static partial void AuditExportRestarted(ILogger logger, long sequence);
}
