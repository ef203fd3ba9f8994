using Culvert.Tunnel.Edge.Hosting;

return await EdgeCommand.RunAsync(args);
