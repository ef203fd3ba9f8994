namespace Culvert.Platform.Net;

/// <summary>
/// Makes the connection of an HTTP client to a target. TLS of https requests is the client's: for them the stream must not be an
/// <see cref="System.Net.Security.SslStream"/>.
/// </summary>
public delegate ValueTask<Stream> HttpConnect(
    SocketsHttpConnectionContext context,
    CancellationToken cancellationToken
);
