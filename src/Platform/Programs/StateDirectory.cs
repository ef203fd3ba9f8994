using System.Text;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Programs;

/// <summary>
/// A program's own folder: mode 0700, locked against a second instance while open. Files in it have mode 0600 and are
/// replaced atomically.
/// </summary>
public sealed class StateDirectory : IDisposable
{
    private const string LockName = "lock";

    // Null: opened only for reading.
    private readonly FileStream? lockFile;

    private StateDirectory(string path, FileStream? lockFile)
    {
        Path = path;
        this.lockFile = lockFile;
    }

    public string Path { get; }

    /// <summary>Creates the directory if needed and takes its lock.</summary>
    /// <exception cref="StateDirectoryException">It cannot be created, is open to others, or is locked.</exception>
    public static StateDirectory Open(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full, PrivateFile.FolderMode);
            if ((File.GetUnixFileMode(full) & PrivateFile.Others) != 0)
            {
                throw new StateDirectoryException($"{full} is open to others: run `chmod 700 {full}`.");
            }

            return new StateDirectory(full, AcquireLock(full));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateDirectoryException($"The state directory {full} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Opens the directory of a program that may be running: nothing is created, locked or written.</summary>
    public static StateDirectory OpenReadOnly(string path) => new(System.IO.Path.GetFullPath(path), null);

    public string GetPath(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A file's text; null when there is none.</summary>
    /// <exception cref="SecretUnavailableException">The file exists and cannot be read.</exception>
    public string? ReadText(string name, int maxBytes = 16 * 1024 * 1024) =>
        File.Exists(GetPath(name)) ? PrivateFile.ReadText(GetPath(name), maxBytes) : null;

    /// <summary>Replaces a file atomically: writes a new file next to it, flushes it to the disk, then renames it.</summary>
    /// <exception cref="StateDirectoryException">The disk refuses; the old file is unchanged.</exception>
    public void WriteText(string name, string text)
    {
        if (lockFile is null)
        {
            throw new InvalidOperationException($"{Path} is only looked into.");
        }

        var target = GetPath(name);
        try
        {
            PrivateFile.Replace(target, Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StateDirectoryException($"{target} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Removes a file if it exists.</summary>
    public void Delete(string name) => File.Delete(GetPath(name));

    public void Dispose() => lockFile?.Dispose();

    // The kernel releases the lock with the process, so a killed process needs no cleanup.
    private static FileStream AcquireLock(string directory)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = PrivateFile.Mode,
        };
        try
        {
            return new FileStream(System.IO.Path.Combine(directory, LockName), options);
        }
        catch (IOException e)
        {
            throw new StateDirectoryException(
                $"{directory} is in use by another process: stop it, or give this process its own state_dir.",
                e
            )
            {
                IsInUse = true,
            };
        }
    }
}
