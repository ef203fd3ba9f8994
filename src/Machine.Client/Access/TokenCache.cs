using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Secrets;

namespace Culvert.Machine.Client.Access;

/// <summary>
/// Access tokens on disk, so that the processes of one user on one host share one exchange: an identity token may be
/// good for a single one. Entries are 0600, replaced whole, and taken under a lock that other processes respect. When
/// the folder cannot be used, each process is on its own: a cache must never be the reason that nothing works.
/// </summary>
public sealed class TokenCache
{
    private const int MaxEntryBytes = 64 * 1024;
    private static readonly TimeSpan RetryLockAfter = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LockFor = TimeSpan.FromSeconds(30);

    private readonly string folder;
    private readonly TimeProvider networkTime;

    /// <param name="folder">Made on first use, 0700.</param>
    /// <param name="networkTime">The clock of the wait for the lock.</param>
    public TokenCache(string folder, TimeProvider networkTime)
    {
        this.folder = folder;
        this.networkTime = networkTime;
    }

    /// <summary>The name of an entry: a hash of everything that the token depends on.</summary>
    public static string Key(params ReadOnlySpan<string> parts) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));

    /// <summary>The kept token when it is still usable, else what the exchange gives, which is then kept.</summary>
    /// <param name="key">From <see cref="Key"/>.</param>
    /// <param name="isUsable">Whether a kept token will do.</param>
    /// <param name="exchange">Gets a new one. Runs while other processes wait for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
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

    /// <summary>The kept token when it is still usable.</summary>
    public async Task<AccessToken?> FindAsync(
        string key,
        Func<AccessToken, bool> isUsable,
        CancellationToken cancellationToken
    )
    {
        await using var held = await LockAsync(key, cancellationToken);
        return held is not null && Read(key) is { } kept && isUsable(kept) ? kept : null;
    }

    /// <summary>Drops a kept token that the service would not have, unless another process has replaced it by now.</summary>
    public async Task ForgetAsync(string key, AccessToken token, CancellationToken cancellationToken)
    {
        await using var held = await LockAsync(key, cancellationToken);
        if (held is not null && Read(key)?.Value == token.Value)
        {
            File.Delete(GetPath(key, "json"));
        }
    }

    // Null when there is nothing to lock in, or its holder does not let go.
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

    // Half an entry cannot be, but a foreign or a readable one can: it counts as none.
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
            // Kept in memory all the same.
        }
    }

    private string GetPath(string key, string extension) => Path.Combine(folder, $"{key}.{extension}");
}
