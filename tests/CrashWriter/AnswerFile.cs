using System.Text;

namespace Culvert.CrashWriter;

/// <summary>
/// What a caller was answered, one line each. A line is in the file before the next request: SIGKILL ends the process,
/// not the kernel that has the line.
/// </summary>
internal sealed class AnswerFile(string path) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    public void Add(string line)
    {
        lock (gate)
        {
            file.Write(Encoding.ASCII.GetBytes(line + "\n"));
        }
    }

    public ValueTask DisposeAsync() => file.DisposeAsync();
}
