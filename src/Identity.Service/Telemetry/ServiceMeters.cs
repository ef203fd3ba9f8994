using System.Diagnostics.Metrics;

namespace Culvert.Identity.Service.Telemetry;

/// <summary>The service's metrics; their names are an interface for operators.</summary>
internal static class ServiceMeters
{
    public const string MeterName = "Culvert.Identity.Service";

    private static readonly Meter Meter = new(MeterName);

    /// <summary>Unknown routes have no route label.</summary>
    public static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "culvert_service_requests",
        description: "Requests answered, by listener, route and status."
    );

    public static readonly Histogram<double> RequestSeconds = Meter.CreateHistogram(
        "culvert_service_request_seconds",
        unit: "s",
        description: "Duration of a request until its answer is written, by listener and route.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
        }
    );

    public static readonly Counter<long> ConnectionsClosed = Meter.CreateCounter<long>(
        "culvert_service_connections_closed",
        description: "Connections closed at a bound, by listener and bound (handshakes, connections, idle) or refused PROXY header."
    );

    /// <summary>0 = the wall clock stepped, and the node signs nothing.</summary>
    public static readonly Gauge<int> ClockTrusted = Meter.CreateGauge<int>(
        "culvert_service_clock_trusted",
        description: "1 while the wall clock is relied on, 0 after it stepped."
    );

    public static readonly Counter<long> ClockAlarms = Meter.CreateCounter<long>(
        "culvert_service_clock_alarms",
        description: "Steps of the wall clock beyond the leeway."
    );

    /// <summary>Each such key counts as disclosed.</summary>
    public static readonly Counter<long> SecretsDiscarded = Meter.CreateCounter<long>(
        "culvert_service_secrets_discarded",
        description: "Private keys found in requests, and discarded."
    );

    public static readonly Counter<long> AuditBodiesDropped = Meter.CreateCounter<long>(
        "culvert_audit_bodies_dropped",
        description: "Bodies of audit entries dropped because they are older than audit.retention."
    );

    public static readonly Counter<long> AuditExported = Meter.CreateCounter<long>(
        "culvert_audit_exported",
        description: "Audit entries that a target of audit.export accepted, by target."
    );

    public static readonly Counter<long> AuditExportFailures = Meter.CreateCounter<long>(
        "culvert_audit_export_failures",
        description: "Failed attempts to export audit entries, and entries that the target rejected, by target."
    );

    /// <summary>Alert when it grows.</summary>
    public static readonly Gauge<double> AuditExportLag = Meter.CreateGauge<double>(
        "culvert_audit_export_lag_seconds",
        unit: "s",
        description: "Age of the oldest audit entry that a target of audit.export lacks, by target."
    );

    public static readonly Gauge<long> AuditExportWaiting = Meter.CreateGauge<long>(
        "culvert_audit_export_waiting",
        description: "Audit entries that a target of audit.export lacks, by target."
    );

    public static readonly Gauge<int> ProbeSuccess = Meter.CreateGauge<int>(
        "culvert_probe_success",
        description: "1 if the last probe of the exchange came out as it must, by kind: positive is granted, negative denied."
    );

    public static readonly Histogram<double> ProbeDuration = Meter.CreateHistogram<double>(
        "culvert_probe_duration_seconds",
        unit: "s",
        description: "Duration of a probe of the token exchange, by kind."
    );

    public static readonly Counter<long> Decisions = Meter.CreateCounter<long>(
        "culvert_journal_decisions",
        description: "Decisions in committed transactions of the journal."
    );

    /// <summary>One flush each: decisions divided by batches is the gain of group commit.</summary>
    public static readonly Counter<long> Batches = Meter.CreateCounter<long>(
        "culvert_journal_batches",
        description: "Transactions of the journal."
    );

    /// <summary>From the first statement until it is durable, without the time in the queue.</summary>
    public static readonly Histogram<double> CommitSeconds = Meter.CreateHistogram(
        "culvert_journal_commit_seconds",
        unit: "s",
        description: "Duration of a transaction of the journal until it is durable.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
        }
    );

    public static readonly Counter<long> CertificatesRevoked = Meter.CreateCounter<long>(
        "culvert_certificates_revoked",
        description: "Certificates revoked by an administrator."
    );

    public static readonly Counter<long> RevocationListsPublished = Meter.CreateCounter<long>(
        "culvert_revocation_lists_published",
        description: "Revocation lists published."
    );

    /// <summary>Alert on any.</summary>
    public static readonly Counter<long> RevocationListsHeldBack = Meter.CreateCounter<long>(
        "culvert_revocation_lists_held_back",
        description: "Revocation lists that were built but not published because they contradict the current ones."
    );

    public static readonly Counter<long> RevocationListFailures = Meter.CreateCounter<long>(
        "culvert_revocation_list_failures",
        description: "Rounds in which publishing revocation lists failed."
    );

    public static readonly Counter<long> OcspAnswers = Meter.CreateCounter<long>(
        "culvert_ocsp_answers",
        description: "OCSP responses, by status: good, revoked, unknown, malformed_request, try_later, unauthorized."
    );

    public static readonly Counter<long> OcspSignatures = Meter.CreateCounter<long>(
        "culvert_ocsp_signatures",
        description: "OCSP responses that were signed on request."
    );

    public static readonly Counter<long> JobFailures = Meter.CreateCounter<long>(
        "culvert_job_failures",
        description: "Rounds of recurring jobs that failed, by job."
    );

    public static readonly Counter<long> CertificatesIssued = Meter.CreateCounter<long>(
        "culvert_certificates_issued",
        description: "Certificates issued, by kind."
    );

    /// <summary>Issuances refused after authorization, by kind and error code (lint.failed among them).</summary>
    public static readonly Counter<long> CertificatesRefused = Meter.CreateCounter<long>(
        "culvert_certificates_refused",
        description: "Issuances refused by key policy, limits, lints, signer or store, by kind and error code."
    );

    /// <summary>Includes the wait for the key.</summary>
    public static readonly Histogram<double> SignerSeconds = Meter.CreateHistogram<double>(
        "culvert_signer_seconds",
        unit: "s",
        description: "Seconds until a signing key outside the process answered, waiting included."
    );

    public static readonly Counter<long> ExpiryNotices = Meter.CreateCounter<long>(
        "culvert_expiry_notices",
        description: "Notices of authorities and certificates that expire soon, by type."
    );

    public static readonly Counter<long> WebhookAttempts = Meter.CreateCounter<long>(
        "culvert_webhook_attempts",
        description: "Attempts to deliver messages to webhooks, by outcome."
    );

    public static readonly Counter<long> SignalPolls = Meter.CreateCounter<long>(
        "culvert_signal_polls",
        description: "Polls of a transmitter for security events until none waits, by outcome: succeeded or failed."
    );

    /// <summary>Alert on any.</summary>
    public static readonly Counter<long> AgentCheckpointDisputes = Meter.CreateCounter<long>(
        "culvert_agent_checkpoint_disputes",
        description: "Checkpoints of agents' records of calls that contradict an earlier one, by reason."
    );

    /// <summary>Alert on any.</summary>
    public static readonly Counter<long> TransparencyContradictions = Meter.CreateCounter<long>(
        "culvert_transparency_contradictions",
        description: "Rounds in which the stored transparency log contradicted a tree head that was signed."
    );

    public static readonly Counter<long> TransparencyCosignatures = Meter.CreateCounter<long>(
        "culvert_transparency_cosignatures",
        description: "Tree heads of the transparency log that a witness cosigned, by witness."
    );

    public static readonly Counter<long> TransparencyWitnessFailures = Meter.CreateCounter<long>(
        "culvert_transparency_witness_failures",
        description: "Failed attempts to have a tree head of the transparency log cosigned, by witness."
    );

    /// <summary>Alert on any.</summary>
    public static readonly Counter<long> TransparencyWitnessContradictions = Meter.CreateCounter<long>(
        "culvert_transparency_witness_contradictions",
        description: "Refusals of a witness because it cosigned a tree that the transparency log does not continue, by witness."
    );

    /// <summary>Alert on any.</summary>
    public static readonly Counter<long> AuditDisputes = Meter.CreateCounter<long>(
        "culvert_audit_disputes",
        description: "Agents that reported contradicting audit checkpoints, by reason."
    );

    /// <summary>Counts by the issuer's replay mode.</summary>
    public static readonly Counter<long> ReplaysDetected = Meter.CreateCounter<long>(
        "culvert_exchange_replays_detected",
        description: "Assertions presented by a client other than their first user."
    );
}
