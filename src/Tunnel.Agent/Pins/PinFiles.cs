using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Machine.Client.State;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>
/// One route's pins in the state directory: the approved definitions, and the running agent's observations. Both files
/// are sealed, so that a damaged or edited file is refused. The agent and the commands may use them concurrently.
/// </summary>
/// <param name="state">The agent's own state directory, or a read-only view of it.</param>
internal sealed class PinFiles(StateDirectory state, string route)
{
    private const string FolderName = "pins";
    private const int MaxBytes = 64 * 1024 * 1024;
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(50);

    private readonly StateSeal seal = new(state);

    /// <summary>The file of all approvals, signed; append-only.</summary>
    public string Approvals => state.GetPath(Path.Combine(FolderName, "approvals.jsonl"));

    public string Pinned => GetPath("pinned");

    private string Folder => state.GetPath(FolderName);

    /// <summary>Changes whenever the file of pins is replaced; null while there is none.</summary>
    public (DateTime WrittenAt, long Length)? Stamp =>
        new FileInfo(Pinned) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;

    /// <summary>Whether the record of approvals has one of this route, even if the pins no longer exist.</summary>
    /// <exception cref="PinFilesException">The record cannot be read.</exception>
    public bool WasEverApproved
    {
        get
        {
            try
            {
                return File.Exists(Approvals)
                    && File.ReadLines(Approvals)
                        .Any(line => line.StartsWith(LineStart(route), StringComparison.Ordinal));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new PinFilesException($"{Approvals} cannot be read: {e.Message}", e);
            }
        }
    }

    /// <summary>The start of a route's lines in the record of approvals. A route's name needs no escapes.</summary>
    public static string LineStart(string route) => $$"""{"route":"{{route}}",""";

    /// <summary>The approved definitions; null: none was ever approved.</summary>
    /// <exception cref="PinFilesException">The file exists and is unusable.</exception>
    public PinnedDefinitions? LoadPinned() => Load("pinned", PinsJson.Default.PinnedDefinitions);

    /// <summary>The running agent's last observations; null: there are none yet.</summary>
    /// <exception cref="PinFilesException">The file exists and is unusable.</exception>
    public ObservedDefinitions? LoadObserved() => Load("observed", PinsJson.Default.ObservedDefinitions);

    /// <exception cref="PinFilesException">The write failed.</exception>
    public void SavePinned(PinnedDefinitions pinned) => Save("pinned", pinned, PinsJson.Default.PinnedDefinitions);

    /// <exception cref="PinFilesException">The write failed.</exception>
    public void SaveObserved(ObservedDefinitions observed) =>
        Save("observed", observed, PinsJson.Default.ObservedDefinitions);

    /// <summary>Appends a line and flushes it to the disk.</summary>
    /// <exception cref="PinFilesException">The write failed.</exception>
    public void AppendApproval(string line)
    {
        try
        {
            Directory.CreateDirectory(Folder, PrivateFile.FolderMode);
            var options = new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                UnixCreateMode = PrivateFile.Mode,
            };
            using var file = new FileStream(Approvals, options);
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PinFilesException($"{Approvals} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Prevents other processes from changing the pins until the result is disposed of.</summary>
    /// <exception cref="PinFilesException">Another process holds the lock for too long.</exception>
    public async Task<IDisposable> LockAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                Directory.CreateDirectory(Folder, PrivateFile.FolderMode);
                return new FileStream(
                    Path.Combine(Folder, "lock"),
                    new FileStreamOptions
                    {
                        Mode = FileMode.OpenOrCreate,
                        Access = FileAccess.ReadWrite,
                        Share = FileShare.None,
                        UnixCreateMode = PrivateFile.Mode,
                    }
                );
            }
            catch (IOException) when (time.GetElapsedTime(started) < LockPatience)
            {
                await Task.Delay(LockPoll, time, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new PinFilesException($"{Folder} cannot be locked: {e.Message}", e);
            }
        }
    }

    private T? Load<T>(string what, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return state.ReadText(Name(what), MaxBytes) is { } text
                ? JsonSerializer.Deserialize(seal.Open(Name(what), text.Trim()), type)
                : null;
        }
        catch (Exception e) when (e is JsonException or CryptographicException)
        {
            throw new PinFilesException($"{GetPath(what)} is damaged, was changed, or is from another machine.", e);
        }
        catch (SecretUnavailableException e)
        {
            throw new PinFilesException(e.Message, e);
        }
    }

    private void Save<T>(string what, T value, JsonTypeInfo<T> type)
    {
        try
        {
            var sealedText = seal.Seal(Name(what), JsonSerializer.Serialize(value, type));
            if (sealedText.Length > MaxBytes)
            {
                throw new PinFilesException($"{GetPath(what)} would have more than {MaxBytes} bytes: it is as it was.");
            }

            Directory.CreateDirectory(Folder, PrivateFile.FolderMode);
            PrivateFile.Replace(GetPath(what), Encoding.UTF8.GetBytes(sealedText));
        }
        catch (InvalidOperationException e)
        {
            // The directory was opened read-only, and has no key for the seal.
            throw new PinFilesException($"{state.Path} has no key yet: start the agent first.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StateDirectoryException)
        {
            throw new PinFilesException($"{GetPath(what)} cannot be written: {e.Message}", e);
        }
    }

    private string GetPath(string what) => state.GetPath(Name(what));

    private string Name(string what) => Path.Combine(FolderName, $"{route}.{what}.json");
}
