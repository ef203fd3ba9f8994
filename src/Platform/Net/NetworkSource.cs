namespace Culvert.Platform.Net;

/// <summary>The network settings in force. A new dial asks for them; what is connected stays as it is.</summary>
public sealed class NetworkSource(NetworkOptions options)
{
    private volatile NetworkOptions current = options;

    public NetworkOptions Current => current;

    public void Swap(NetworkOptions next) => current = next;
}
