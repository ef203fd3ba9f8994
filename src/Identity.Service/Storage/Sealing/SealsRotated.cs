using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>Stored secrets were sealed again with another version of the key.</summary>
/// <param name="Writing">The version that seals from now on.</param>
/// <param name="InUse">
/// The versions that values are sealed with afterwards; empty = the run stopped before it counted them.
/// </param>
/// <param name="Error">Why the run stopped early; null = it completed.</param>
internal sealed record SealsRotated(
    AuditOrigin Origin,
    uint? Writing,
    IReadOnlyList<uint> InUse,
    IReadOnlyList<SealProgress> Columns,
    string? Error
)
    : AuditEvent(
        AuditEvents.SealsRotated,
        Origin,
        OrganizationId: null,
        [],
        [
            ("writing_version", Writing),
            ("versions_in_use", InUse),
            (
                "sealed_anew",
                AuditData.From(Columns.Select(column => (column.Column.ToString(), (object?)column.Resealed)))
            ),
            ("fault", Error),
        ]
    );
