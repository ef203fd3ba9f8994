namespace Culvert.Platform.Net;

/// <summary>
/// Opens the connection of an HTTP client to a target. For https requests the client does TLS, so the stream must not
/// be an <see cref="System.Net.Security.SslStream"/>.
/// </summary>
public delegate ValueTask<Stream> HttpConnect(
    SocketsHttpConnectionContext context,
    CancellationToken cancellationToken
);
