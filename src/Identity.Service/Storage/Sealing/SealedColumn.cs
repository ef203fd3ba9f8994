namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>A column with sealed values.</summary>
/// <param name="Table">Part of the values' associated data.</param>
/// <param name="Key">The primary key; its text is the row's part of the associated data.</param>
/// <param name="Column">Part of the values' associated data.</param>
internal sealed record SealedColumn(string Table, string Key, string Column)
{
    /// <summary>
    /// All sealed columns: values of a column that is missing here are lost when their sealing key is removed.
    /// </summary>
    public static IReadOnlyList<SealedColumn> All { get; } =
    [
        new("platform_authorities", "id", "sealed_key"),
        new("certificate_authorities", "id", "sealed_key"),
        new("token_signing_keys", "key_id", "private_key"),
        new("assertion_signing_keys", "key_id", "private_key"),
        new("tunnels", "id", "token_sealed"),
        new("federation_issuer_key_sets", "issuer_id", "sealed_document"),
        new("federation_issuer_key_sets", "issuer_id", "sealed_state"),
        new("webhooks", "id", "sealed_secret"),
        new("oauth_grants", "id", "sealed_person"),
        new("signal_streams", "issuer_id", "sealed_poll_token"),
        new("connections", "id", "sealed_client_secret"),
        new("connection_grants", "id", "sealed_grant"),
        new("transparency_keys", "id", "sealed_key"),
        // Last: a start with only the new key succeeds only if everything else opens with it too.
        new("installation", "one", "sealing_canary"),
    ];

    public override string ToString() => $"{Table}.{Column}";
}
