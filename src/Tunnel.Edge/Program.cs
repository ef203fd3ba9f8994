using Culvert.Tunnel.Edge.Commands;

return await EdgeCommand.RunAsync(args);
