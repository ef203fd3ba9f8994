using Culvert.Identity.Service.Events;

namespace Culvert.CrashWriter;

internal sealed record RecordWritten(DateTimeOffset When)
    : AuditEvent("record_written", AuditOrigin.System(When), OrganizationId: null, [], []);
