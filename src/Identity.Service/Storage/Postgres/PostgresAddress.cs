using System.Web;
using Npgsql;

namespace Culvert.Identity.Service.Storage.Postgres;

/// <summary>
/// Reads the operator's connection string: libpq's URL form (<c>postgresql://user:password@host:5432/db?…</c>) or
/// keywords (<c>Host=…;Username=…;Database=…</c>).
/// </summary>
internal static class PostgresAddress
{
    /// <summary>
    /// Throws <see cref="StoreException"/>, whose message never contains the string: it may have a password.
    /// </summary>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        NpgsqlConnectionStringBuilder address;
        try
        {
            address = IsUrl(text) ? FromUrl(new Uri(text)) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or UriFormatException)
        {
            // The inner exception may quote the string, so it is dropped.
            throw new StoreException(
                "storage.postgres.connection cannot be read: write postgresql://user:password@host:5432/database or "
                    + "Host=…;Username=…;Password=…;Database=…."
            );
        }

        if (string.IsNullOrEmpty(address.Host))
        {
            throw new StoreException("storage.postgres.connection names no host (or socket directory).");
        }

        if (!IsSocket(address))
        {
            RequireVerification(address);
        }

        return address;
    }

    private static bool IsUrl(string text) =>
        text.StartsWith("postgresql://", StringComparison.Ordinal)
        || text.StartsWith("postgres://", StringComparison.Ordinal);

    private static bool IsSocket(NpgsqlConnectionStringBuilder address) =>
        address.Host!.Split(',').All(host => host.StartsWith('/'));

    // The service's decisions depend on this connection: an impostor would own the installation.
    private static void RequireVerification(NpgsqlConnectionStringBuilder address)
    {
        var isSet = address.ContainsKey("SSL Mode") && address.SslMode != SslMode.Prefer;
        if (isSet && address.SslMode != SslMode.VerifyFull)
        {
            throw new StoreException(
                "storage.postgres.connection must use sslmode=verify-full (sslrootcert names the CA), or a socket directory."
            );
        }

        address.SslMode = SslMode.VerifyFull;
    }

    private static NpgsqlConnectionStringBuilder FromUrl(Uri url)
    {
        var address = new NpgsqlConnectionStringBuilder();
        if (url.Host.Length > 0)
        {
            address.Host = url.IdnHost.Trim('[', ']');
        }

        if (url.Port > 0)
        {
            address.Port = url.Port;
        }

        if (url.UserInfo.Split(':', 2) is [{ Length: > 0 } user, .. var rest])
        {
            address.Username = Uri.UnescapeDataString(user);
            address.Password = rest.Length > 0 ? Uri.UnescapeDataString(rest[0]) : null;
        }

        if (Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')) is { Length: > 0 } database)
        {
            address.Database = database;
        }

        var query = HttpUtility.ParseQueryString(url.Query);
        foreach (var key in query.AllKeys)
        {
            Set(address, key ?? "", query[key] ?? "");
        }

        return address;
    }

    private static void Set(NpgsqlConnectionStringBuilder address, string key, string value)
    {
        switch (key)
        {
            case "host":
                address.Host = value;
                break;
            case "port":
                address.Port = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                break;
            case "user":
                address.Username = value;
                break;
            case "password":
                address.Password = value;
                break;
            case "dbname":
                address.Database = value;
                break;
            case "sslmode":
                address.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), true);
                break;
            case "sslrootcert":
                address.RootCertificate = value;
                break;
            case "sslcert":
                address.SslCertificate = value;
                break;
            case "sslkey":
                address.SslKey = value;
                break;
            default:
                throw new FormatException(key);
        }
    }
}
