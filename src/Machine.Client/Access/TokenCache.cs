using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Secrets;

namespace Culvert.Machine.Client.Access;

/// <summary>
/// Access tokens on disk: the processes of one user on one host share one exchange, because an identity token may be
/// valid for only one. Entries are replaced atomically under a lock file. When the folder cannot be used, each process
/// caches its own tokens: the cache never causes a failure.
/// </summary>
public sealed class TokenCache
{
    private const int MaxEntryBytes = 64 * 1024;
    private static readonly TimeSpan RetryLockAfter = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LockFor = TimeSpan.FromSeconds(30);

    private readonly string folder;
    private readonly TimeProvider networkTime;

    /// <param name="folder">Created on first use with mode 0700.</param>
    /// <param name="networkTime">The clock that bounds the wait for the lock.</param>
    public TokenCache(string folder, TimeProvider networkTime)
    {
        this.folder = folder;
        this.networkTime = networkTime;
    }

    /// <summary>The name of an entry: a hash of everything that the token depends on.</summary>
    public static string Key(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    /// <summary>
    /// Returns the cached token if it is still usable; otherwise the one of the exchange, which is then cached. Other
    /// processes wait during the exchange.
    /// </summary>
    public async Task<ApiResult<AccessToken>> GetAsync(
        string key,
        Func<AccessToken, bool> isUsable,
        Func<CancellationToken, Task<ApiResult<AccessToken>>> exchange,
        CancellationToken cancellationToken
    )
    {
        await using var held = await LockAsync(key, cancellationToken);
        if (held is not null && Read(key) is { } kept && isUsable(kept))
        {
            return kept;
        }

        var result = await exchange(cancellationToken);
        if (held is not null && result.Value is { } token)
        {
            Write(key, token);
        }

        return result;
    }

    public async Task<AccessToken?> FindAsync(
        string key,
        Func<AccessToken, bool> isUsable,
        CancellationToken cancellationToken
    )
    {
        await using var held = await LockAsync(key, cancellationToken);
        return held is not null && Read(key) is { } kept && isUsable(kept) ? kept : null;
    }

    /// <summary>Drops a cached token that the service rejected, unless another process has replaced it.</summary>
    public async Task ForgetAsync(string key, AccessToken token, CancellationToken cancellationToken)
    {
        await using var held = await LockAsync(key, cancellationToken);
        if (held is not null && Read(key)?.Value == token.Value)
        {
            File.Delete(GetPath(key, "json"));
        }
    }

    // Null when the folder cannot be used, or when another process holds the lock for too long.
    private async Task<FileStream?> LockAsync(string key, CancellationToken cancellationToken)
    {
        var started = networkTime.GetTimestamp();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(folder, PrivateFile.FolderMode);
                return new FileStream(
                    GetPath(key, "lock"),
                    new FileStreamOptions
                    {
                        Mode = FileMode.OpenOrCreate,
                        Access = FileAccess.ReadWrite,
                        Share = FileShare.None,
                        UnixCreateMode = PrivateFile.Mode,
                    }
                );
            }
            catch (IOException) when (Directory.Exists(folder) && networkTime.GetElapsedTime(started) < LockFor)
            {
                await Task.Delay(RetryLockAfter, networkTime, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    // An entry is never partial, but it may be malformed or readable by others: it is then ignored.
    private AccessToken? Read(string key)
    {
        try
        {
            var path = GetPath(key, "json");
            return File.Exists(path)
                ? JsonSerializer.Deserialize(PrivateFile.ReadText(path, MaxEntryBytes), TokenJson.Default.AccessToken)
                : null;
        }
        catch (Exception e) when (e is SecretUnavailableException or JsonException)
        {
            return null;
        }
    }

    private void Write(string key, AccessToken token)
    {
        try
        {
            PrivateFile.Replace(
                GetPath(key, "json"),
                JsonSerializer.SerializeToUtf8Bytes(token, TokenJson.Default.AccessToken)
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The token stays in memory.
        }
    }

    private string GetPath(string key, string extension) => Path.Combine(folder, $"{key}.{extension}");
}
