using Culvert.Identity.Service.Certificates.Issuance;

namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>The spelling of states on the wire.</summary>
internal static class InventoryStatuses
{
    private static readonly (InventoryStatus Status, string Name)[] Table =
    [
        (InventoryStatus.Intent, "intent"),
        (InventoryStatus.Issued, "issued"),
        (InventoryStatus.Void, "void"),
        (InventoryStatus.Revoked, "revoked"),
    ];

    public static string NameOf(CertificateRecord certificate) => NameOf(Of(certificate));

    public static string NameOf(InventoryStatus status) => Array.Find(Table, entry => entry.Status == status).Name;

    public static InventoryStatus? Find(string name)
    {
        var index = Array.FindIndex(Table, entry => entry.Name == name);
        return index < 0 ? null : Table[index].Status;
    }

    public static InventoryStatus Of(CertificateRecord certificate) =>
        certificate switch
        {
            { RevokedAt: not null } => InventoryStatus.Revoked,
            { Status: CertificateStatus.Intent } => InventoryStatus.Intent,
            { Status: CertificateStatus.Issued } => InventoryStatus.Issued,
            _ => InventoryStatus.Void,
        };
}
