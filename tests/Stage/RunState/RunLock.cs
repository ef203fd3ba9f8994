namespace Culvert.Stage.RunState;

/// <summary>
/// One run at a time per state folder. The file is next to the folder, not in it, so that the folder can be deleted
/// under the lock; the kernel releases it with the process, however that ends.
/// </summary>
internal sealed class RunLock : IDisposable
{
    private readonly FileStream file;

    private RunLock(FileStream file) => this.file = file;

    /// <returns>Null when another run holds it.</returns>
    public static RunLock? TryTake(string folder)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        try
        {
            return new RunLock(
                new FileStream(folder + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)
            );
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => file.Dispose();
}
